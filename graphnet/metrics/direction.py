"""Whether large or small values of a metric are good, told by its name."""

import re

__all__ = ["direction"]

RISING = re.compile(r"acc|accuracy|auc|correct|f1|precision|r2|recall|roc|scores?|top\d*")
FALLING = re.compile(
    r"cost|divergence|entropy|errors?|loss(es)?|mae|mse|nll|penalty|perplexity|rmse"
)


def direction(name: str) -> int:
    """Tell from the name of a metric whether it ought to rise (1) or fall (-1); 0 if unknown.

    Only whole words count, and words that contradict each other tell nothing.

    Example:
        >>> direction("accuracy"), direction("cross-entropy"), direction("seconds")
        (1, -1, 0)
    """
    words = re.split(r"[^a-z0-9]+", name.lower())
    return any(map(RISING.fullmatch, words)) - any(map(FALLING.fullmatch, words))
