"""The recurrent cell and attention by hand, over buffers that are made before."""

from collections.abc import Sequence

import numpy as np

from tests.benchmarks.inputs import Array
from tests.benchmarks.workloads import Attention, Recurrent

__all__ = ["Lstm", "SelfAttention"]


class Lstm:
    """An LSTM cell, unrolled; ``output`` is the last h, ``delta`` its gradient.

    The parts of the gates have an axis of their own, so that each is contiguous. The weight's
    gradient is one product over all steps.
    """

    def __init__(self, weights: Sequence[Array], workload: Recurrent) -> None:
        steps, width, batch = workload.steps, workload.width, workload.batch
        self.weights = weights
        self.weight, self.bias = weights
        self.gradients = [np.empty_like(weight) for weight in weights]
        self.width = width
        self.inputs = np.zeros((steps + 1, batch, 2 * width), np.float32)  # [x h] of every step
        self.gates = np.empty((steps, batch, 4 * width), np.float32)
        self.cells = np.zeros((steps + 1, batch, width), np.float32)
        self.tanhs = np.empty((steps, batch, width), np.float32)
        self.slopes = np.empty((steps, batch, 4 * width), np.float32)
        self.output = np.empty((batch, width), np.float32)
        self.delta = np.empty((batch, width), np.float32)
        self.cell_delta = np.empty((batch, width), np.float32)
        self.spare = np.empty((batch, width), np.float32)
        self.input_delta = np.empty((batch, 2 * width), np.float32)

    def parts(self, values: Array) -> tuple[Array, Array, Array, Array]:
        """Give the parts of input gate, forget gate, output gate and candidate."""
        one, two, three = (number * self.width for number in (1, 2, 3))
        return values[:, :one], values[:, one:two], values[:, two:three], values[:, three:]

    def forward(self, x: Array) -> None:
        """Run all steps."""
        steps, width = len(x), self.width
        self.inputs[:steps, :, :width] = x
        for step in range(steps):
            z = self.gates[step]
            np.dot(self.inputs[step], self.weight, out=z)
            np.add(z, self.bias, out=z)
            gates = z[:, : 3 * width]
            np.multiply(gates, 0.5, out=gates)  # sigmoid(z) = tanh(z / 2) / 2 + 1 / 2
            np.tanh(z, out=z)
            np.multiply(gates, 0.5, out=gates)
            np.add(gates, 0.5, out=gates)
            i, f, o, g = self.parts(z)
            cell, tanh = self.cells[step + 1], self.tanhs[step]
            np.multiply(f, self.cells[step], out=cell)
            np.multiply(i, g, out=self.spare)
            np.add(cell, self.spare, out=cell)
            np.tanh(cell, out=tanh)
            np.multiply(o, tanh, out=self.inputs[step + 1, :, width:])
        np.copyto(self.output, self.inputs[steps, :, width:])

    def backward(self) -> None:
        """Fill the gradients; ``delta`` is overwritten."""
        steps, width = len(self.gates), self.width
        self.cell_delta.fill(0)
        delta = self.delta
        for step in range(steps - 1, -1, -1):
            self.cell_backward(step, delta)
            if step:
                np.dot(self.slopes[step], self.weight.T, out=self.input_delta)
                delta = self.input_delta[:, width:]
        rows = self.slopes.reshape(-1, 4 * width)
        inputs = self.inputs[:steps].reshape(-1, 2 * width)
        np.dot(inputs.T, rows, out=self.gradients[0])
        np.add.reduce(rows, axis=0, out=self.gradients[1])

    def cell_backward(self, step: int, delta: Array) -> None:
        """Fill the gradient of z, and go back from c to the c before, given the gradient of h."""
        i, f, o, g = self.parts(self.gates[step])
        i_slope, f_slope, o_slope, g_slope = self.parts(self.slopes[step])
        tanh, cell_delta, spare = self.tanhs[step], self.cell_delta, self.spare
        np.multiply(delta, tanh, out=o_slope)
        np.multiply(delta, o, out=spare)
        np.multiply(tanh, tanh, out=tanh)
        np.subtract(1, tanh, out=tanh)
        np.multiply(spare, tanh, out=spare)
        np.add(cell_delta, spare, out=cell_delta)
        np.multiply(cell_delta, g, out=i_slope)
        np.multiply(cell_delta, self.cells[step], out=f_slope)
        np.multiply(cell_delta, i, out=g_slope)
        np.multiply(cell_delta, f, out=cell_delta)
        # Of z itself: times s (1 - s) for the gates, times 1 - g g for the candidate.
        gates, slopes = (
            self.gates[step][:, : 3 * self.width],
            self.slopes[step][:, : 3 * self.width],
        )
        np.multiply(slopes, gates, out=slopes)
        np.subtract(1, gates, out=gates)
        np.multiply(slopes, gates, out=slopes)
        np.multiply(g, g, out=g)
        np.subtract(1, g, out=g)
        np.multiply(g_slope, g, out=g_slope)


class SelfAttention:
    """h + attention(layer norm(h)), h = x + position; ``output`` is that, ``delta`` its gradient.

    Queries, keys and values are one product, and heads are views of it: [batch, heads, sequence,
    width of a head], which BLAS takes as they are.
    """

    def __init__(self, weights: Sequence[Array], workload: Attention) -> None:
        batch, sequence, width = workload.batch, workload.sequence, workload.width
        rows = batch * sequence
        self.shape = (batch, sequence, width)
        self.weights = weights
        self.gradients = [np.empty_like(weight) for weight in weights]
        self.epsilon = np.float32(workload.epsilon)
        self.scale = np.float32((width // workload.heads) ** -0.5)
        self.share = np.float32(1 / width)
        buffers = np.empty((9, rows, width), np.float32)
        self.h, self.normed, self.scaled, self.merged, self.output = buffers[:5]
        self.delta, self.merged_delta, self.norm_delta, self.spare = buffers[5:]
        self.factor, self.row = np.empty((2, rows, 1), np.float32)
        self.projected, self.projected_delta = np.empty((2, rows, 3 * width), np.float32)
        square = (batch, workload.heads, sequence, sequence)
        self.shares, self.scores_delta, self.products = np.empty((3, *square), np.float32)
        self.sums = np.empty((*square[:3], 1), np.float32)
        by_head = (batch, sequence, workload.heads, -1)
        self.queries, self.keys, self.values = heads(self.projected, by_head)
        self.queries_delta, self.keys_delta, self.values_delta = heads(
            self.projected_delta, by_head
        )
        self.context = self.merged.reshape(by_head).transpose(0, 2, 1, 3)
        self.context_delta = self.merged_delta.reshape(by_head).transpose(0, 2, 1, 3)

    def forward(self, x: Array) -> None:
        """Compute the output."""
        position, gain, shift, projection, projection_bias, merge, merge_bias = self.weights
        np.add(x, position, out=self.h.reshape(self.shape))
        self.normalize(self.h)
        np.multiply(self.normed, gain, out=self.scaled)
        np.add(self.scaled, shift, out=self.scaled)
        np.dot(self.scaled, projection, out=self.projected)
        np.add(self.projected, projection_bias, out=self.projected)
        self.attend()
        np.dot(self.merged, merge, out=self.output)
        np.add(self.output, merge_bias, out=self.output)
        np.add(self.output, self.h, out=self.output)

    def normalize(self, x: Array) -> None:
        """Make mean 0 and variance 1 in every row."""
        np.add.reduce(x, axis=1, keepdims=True, out=self.row)
        np.multiply(self.row, self.share, out=self.row)
        np.subtract(x, self.row, out=self.normed)
        np.multiply(self.normed, self.normed, out=self.spare)
        np.add.reduce(self.spare, axis=1, keepdims=True, out=self.factor)
        np.multiply(self.factor, self.share, out=self.factor)
        np.add(self.factor, self.epsilon, out=self.factor)
        np.sqrt(self.factor, out=self.factor)
        np.reciprocal(self.factor, out=self.factor)
        np.multiply(self.normed, self.factor, out=self.normed)

    def attend(self) -> None:
        """Mix the values of each head in the shares softmax(q k / sqrt(width of a head))."""
        np.matmul(self.queries, self.keys.swapaxes(2, 3), out=self.shares)
        np.multiply(self.shares, self.scale, out=self.shares)
        np.maximum.reduce(self.shares, axis=3, keepdims=True, out=self.sums)
        np.subtract(self.shares, self.sums, out=self.shares)
        np.exp(self.shares, out=self.shares)
        np.add.reduce(self.shares, axis=3, keepdims=True, out=self.sums)
        np.divide(self.shares, self.sums, out=self.shares)
        np.matmul(self.shares, self.values, out=self.context)

    def backward(self) -> None:
        """Fill the gradients."""
        _, gain, _, projection, _, merge, _ = self.weights
        positions, gains, shifts, projections, projection_biases, merges, merge_biases = (
            self.gradients
        )
        np.dot(self.merged.T, self.delta, out=merges)
        np.add.reduce(self.delta, axis=0, out=merge_biases)
        np.dot(self.delta, merge.T, out=self.merged_delta)
        self.attend_backward()
        np.dot(self.scaled.T, self.projected_delta, out=projections)
        np.add.reduce(self.projected_delta, axis=0, out=projection_biases)
        np.dot(self.projected_delta, projection.T, out=self.norm_delta)
        np.multiply(self.norm_delta, self.normed, out=self.spare)
        np.add.reduce(self.spare, axis=0, out=gains)
        np.add.reduce(self.norm_delta, axis=0, out=shifts)
        np.multiply(self.norm_delta, gain, out=self.norm_delta)
        self.normalize_backward()
        np.add.reduce(self.delta.reshape(self.shape), axis=0, out=positions)

    def normalize_backward(self) -> None:
        """Add the gradient of h that comes through the norm to that of the skip connection."""
        np.add.reduce(self.norm_delta, axis=1, keepdims=True, out=self.row)
        np.multiply(self.row, self.share, out=self.row)
        np.multiply(self.norm_delta, self.normed, out=self.spare)
        np.subtract(self.norm_delta, self.row, out=self.norm_delta)
        np.add.reduce(self.spare, axis=1, keepdims=True, out=self.row)
        np.multiply(self.row, self.share, out=self.row)
        np.multiply(self.normed, self.row, out=self.normed)
        np.subtract(self.norm_delta, self.normed, out=self.norm_delta)
        np.multiply(self.norm_delta, self.factor, out=self.norm_delta)
        np.add(self.delta, self.norm_delta, out=self.delta)

    def attend_backward(self) -> None:
        """Fill the gradients of queries, keys and values, from that of the context."""
        np.matmul(self.shares.swapaxes(2, 3), self.context_delta, out=self.values_delta)
        np.matmul(self.context_delta, self.values.swapaxes(2, 3), out=self.scores_delta)
        np.multiply(self.scores_delta, self.shares, out=self.products)
        np.add.reduce(self.products, axis=3, keepdims=True, out=self.sums)
        np.subtract(self.scores_delta, self.sums, out=self.scores_delta)
        np.multiply(self.scores_delta, self.shares, out=self.scores_delta)
        np.multiply(self.scores_delta, self.scale, out=self.scores_delta)
        np.matmul(self.scores_delta, self.keys, out=self.queries_delta)
        np.matmul(self.scores_delta.swapaxes(2, 3), self.queries, out=self.keys_delta)


def heads(projected: Array, by_head: tuple[int, ...]) -> list[Array]:
    """Give the views of queries, keys and values."""
    batch, sequence, count, _ = by_head
    parts = projected.reshape(batch, sequence, 3, count, -1)
    return [parts[:, :, part].transpose(0, 2, 1, 3) for part in range(3)]
