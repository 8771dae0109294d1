"""What layout steps have to say about a plan: above all why they did not do something."""

__all__ = ["Report"]


class Report:
    """Remarks of the layout steps.

    Attributes:
        lines: What was done or declined, and why, in the order in which it was decided.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, step: str, remark: str) -> None:
        """Add a remark of a step, once."""
        line = f"{step}: {remark}"
        if line not in self.lines:
            self.lines.append(line)
