"""A bias becomes a row of the matrix that it is added behind, and its gradient with it.

before: ``z = add(matmul(x, w), b); dw = matmul(transpose(x), dz); db = sum(dz, axis=0)``
after:  ``z = matmul(concat(x, ones), concat(w, b)); dw, db = rows of matmul(concat(x, ones)T, dz)``

The same for several products in one sum. The concatenations cost nothing: x is made beside the
ones, and w and b lie side by side in the session's store.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from graphnet.compiler.layout.costs import Orders, bias_cost, fill_cost, is_matrix
from graphnet.compiler.layout.orders import is_transpose
from graphnet.compiler.report import Report
from graphnet.compiler.store import Store
from graphnet.ir.graph import Graph, consumers
from graphnet.ir.node import Node
from graphnet.ir.rewrite import Rewriting, rewriting
from graphnet.ir.spec import is_float, static
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.ops.arithmetic import Add
from graphnet.ops.basic import Copy
from graphnet.ops.index import FULL, Index
from graphnet.ops.join import Concat
from graphnet.ops.linalg import Matmul
from graphnet.ops.reduce import Sum
from graphnet.ops.shape import Reshape, Transpose

__all__ = ["Finder", "Site", "find_sites", "join_products", "saved"]


@dataclass(eq=False)
class Site:
    """A sum of products and a bias.

    Attributes:
        node: The sum.
        factors: The left factors, in the order in which the right ones lie.
        weights: The right factors: variables.
        bias: The bias: a variable.
        gradients: For each cotangent: products of the transposed factors with it, and its sum.
    """

    node: Node
    factors: tuple[Tensor, ...]
    weights: tuple[Tensor, ...]
    bias: Tensor
    gradients: list[tuple[tuple[Node, ...], Node]] = field(default_factory=list)


def find_sites(graph: Graph, store: Store, report: Report) -> list[Site]:
    """Find sums of products and a bias whose variables lie side by side."""
    users = consumers(graph.nodes)
    finder = Finder(users, set(graph.outputs), store, report)
    sites: list[Site] = []
    owners: dict[Tensor, tuple[int, ...]] = {}
    for node in graph.nodes:
        if isinstance(node.op, Add) and is_site(node):
            site = finder.site(node)
            if site is None:
                continue
            mine = tuple(map(id, site.factors))
            if all(owners.get(x, mine) == mine for x in site.factors):
                owners.update(dict.fromkeys(site.factors, mine))
                sites.append(site)
            else:
                remark = "what it is added to shares a factor with another sum of products"
                report.note("products", f"{site.bias.name!r}: {remark}")
    positions = {node: position for position, node in enumerate(graph.nodes)}
    for site in sites:
        site.gradients = list(gradients(site, users, positions))
    return sites


def saved(sites: Sequence[Site]) -> dict[Node, Tensor | None]:
    """Give the nodes that joining saves, and the matrix that has to lie by columns for that."""
    return {
        node: next((x for x in site.factors if is_matrix(x) and not needs_copy(x)), None)
        for site in sites
        for node in (site.node, *(total for _, total in site.gradients))
    }


def is_site(node: Node) -> bool:
    """Whether a sum may be one of products and a bias."""
    (result,) = node.outputs
    return result.ndim == 2 and result.spec.is_static and is_float(result.dtype)


class Finder:
    """What is needed to look at one sum."""

    def __init__(
        self,
        users: Mapping[Tensor, Sequence[Node]],
        kept: set[Tensor],
        store: Store,
        report: Report,
    ) -> None:
        self.users = users
        self.kept = kept
        self.store = store
        self.report = report
        self.terms: dict[Node, tuple[Tensor, ...]] = {}

    def site(self, node: Node) -> Site | None:
        """Give the site that ends at a sum, if there is one."""
        leaves = self.terms[node] = self.leaves(node) or ()
        biases = [leaf for leaf in leaves if self.is_bias(leaf, node)]
        products = [leaf.node for leaf in leaves if self.is_product(leaf, node)]
        if len(biases) != 1 or not products:
            return None
        (bias,) = biases
        return self.beside(node, products, bias)

    def leaves(self, node: Node) -> tuple[Tensor, ...] | None:
        """Give the terms of a sum of sums, where nobody else needs the inner ones.

        None where a term is neither a product nor a bias; so long sums of anything else, as in
        gradients of unrolled cells, are not gone through again and again.
        """
        found: list[Tensor] = []
        for tensor in node.inputs:
            inner = self.terms.get(tensor.node, ()) if self.is_inner(tensor, node) else (tensor,)
            if not inner or not all(self.is_term(leaf, node) for leaf in inner):
                return None
            found += inner
        return tuple(found)

    def is_inner(self, tensor: Tensor, node: Node) -> bool:
        """Whether a term of a sum is a sum that nobody else needs."""
        is_sum = isinstance(tensor.node.op, Add) and tensor.shape == node.outputs[0].shape
        return is_sum and self.is_private(tensor)

    def is_term(self, tensor: Tensor, node: Node) -> bool:
        """Whether a term is a bias or a product."""
        return self.is_bias(tensor, node) or self.is_product(tensor, node)

    def is_bias(self, tensor: Tensor, node: Node) -> bool:
        """Whether a term is a variable with an element for each column."""
        return is_variable(tensor) and tensor.shape == node.outputs[0].shape[1:]

    def is_private(self, tensor: Tensor) -> bool:
        """Whether only one node needs a value."""
        return len(self.users.get(tensor, ())) == 1 and tensor not in self.kept

    def is_product(self, tensor: Tensor, node: Node) -> bool:
        """Whether a term is a product with a variable that nobody else needs."""
        if tensor.shape != node.outputs[0].shape:
            return False
        match tensor.node:
            case Node(Matmul(), (x, weight)):
                fits = x.ndim == 2 and is_variable(weight) and not is_variable(x)
                return fits and self.is_private(tensor)
        return False

    def beside(self, node: Node, products: Sequence[Node], bias: Tensor) -> Site | None:
        """Give the site, if its variables lie side by side and its factors differ."""
        self.store.place((*(product.inputs[1] for product in products), bias))
        ordered = sorted(products, key=lambda product: self.store.address(product.inputs[1]))
        factors = tuple(product.inputs[0] for product in ordered)
        weights = tuple(product.inputs[1] for product in ordered)
        if len(set(factors)) < len(factors) or len(set(weights)) < len(weights):
            self.report.note("products", f"{bias.name!r}: two products have a factor in common")
        elif not self.store.request((*weights, bias)):
            self.report.note("products", f"{bias.name!r} does not lie behind its weight")
        else:
            return Site(node, factors, weights, bias)
        return None


def is_variable(tensor: Tensor) -> bool:
    """Whether a value is that of a variable."""
    return tensor.node.op.effect is Effect.READS


def gradients(
    site: Site, users: Mapping[Tensor, Sequence[Node]], positions: Mapping[Node, int]
) -> Iterator[tuple[tuple[Node, ...], Node]]:
    """Find the products of transposed factors with one cotangent, where its sum is needed, too.

    All of them come behind all factors, which are needed for the first.
    """
    made = max(positions[factor.node] for factor in site.factors)
    by_cotangent: list[dict[Tensor, Node]] = []
    for factor in site.factors:
        turned = {user.outputs[0] for user in users.get(factor, ()) if is_transposing(user)}
        products = [user for view in turned for user in users.get(view, ())]
        by_cotangent.append(
            {
                product.inputs[1]: product
                for product in products
                if isinstance(product.op, Matmul) and product.inputs[0] in turned
            }
        )
    for cotangent in by_cotangent[0]:
        sums = [user for user in users.get(cotangent, ()) if user.op == Sum((0,))]
        if sums and all(cotangent in products for products in by_cotangent):
            found = tuple(products[cotangent] for products in by_cotangent)
            if all(positions[node] > made for node in (*found, sums[0])):
                yield found, sums[0]


def is_transposing(node: Node) -> bool:
    """Whether a node gives a matrix seen the other way round."""
    return len(node.outputs) == 1 and is_transpose(node.outputs[0])


def join_products(
    graph: Graph, sites: Sequence[Site], by_columns: frozenset[Tensor], report: Report
) -> Graph:
    """Join the products of sites where that pays, and drop copies of feeds that need no turning.

    Args:
        graph: The graph.
        sites: What ``find_sites`` found there.
        by_columns: Matrices that are going to lie by columns.
        report: Takes the reasons for what stays apart.
    """
    chosen = []
    for site in sites:
        reason = why_not(site, by_columns)
        if reason is None:
            chosen.append(site)
        else:
            report.note("products", f"{site.bias.name!r}: {reason}")
    with rewriting(Graph()) as made:
        joiner = Joiner(made, chosen)
        for node in graph.nodes:
            if is_idle_copy(node, by_columns):
                made.replace(node.outputs[0], made.current(node).inputs[0])
            elif not joiner.visit(node):
                made.keep(node)
    made.finish(graph.inputs, graph.outputs)
    return made.graph.pruned()


def is_idle_copy(node: Node, by_columns: frozenset[Tensor]) -> bool:
    """Whether a node copies a feed, so that it can be turned, and it is not turned."""
    copies_feed = isinstance(node.op, Copy) and node.inputs[0].node.op.effect is Effect.FED
    return copies_feed and node.outputs[0] not in by_columns


def why_not(site: Site, by_columns: frozenset[Tensor]) -> str | None:
    """Give the reason for which joining costs more than adding the bias; None if it costs less."""
    copied = [x for x in site.factors if needs_copy(x)]
    made = [x for x in site.factors if not needs_copy(x) and is_matrix(x)]
    if not by_columns.issuperset(made):
        return "what its weight is multiplied with lies by rows, where a column more has no place"
    orders = Orders(lambda tensor: tensor in by_columns or tensor is site.node.outputs[0])
    filling = sum(fill_cost(x, orders, site.node.outputs[0]) for x in copied)
    if filling < bias_cost(site.node.outputs[0]):
        return None
    return "copying what its weight is multiplied with costs more than the bias"


def needs_copy(tensor: Tensor) -> bool:
    """Whether a factor is made elsewhere, so that it has to be copied beside the ones."""
    return tensor.node.op.effect is Effect.FED or isinstance(tensor.node.op, Index)


class Joiner:
    """Concatenations made so far, and what has become of the nodes of the sites."""

    def __init__(self, made: Rewriting, sites: Sequence[Site]) -> None:
        self.made = made
        self.sums = {site.node: site for site in sites}
        self.concats = {x.node: site for site in sites for x in site.factors if is_joined(x)}
        self.gradients = {
            node: (site, products, total)
            for site in sites
            for products, total in site.gradients
            for node in (*products, total)
        }
        self.ones: dict[object, Tensor] = {}
        self.wholes: dict[tuple[Tensor, ...], Tensor] = {}
        self.joined: dict[tuple[Node, ...], Tensor] = {}
        self.slices: dict[Tensor, tuple[Tensor, tuple[int, int]]] = {}
        self.added: dict[tuple[Tensor, Tensor], Tensor] = {}

    def visit(self, node: Node) -> bool:
        """Replace the results of a node, if it belongs to a site; tell whether it does."""
        self.made.origin = node
        if node in self.concats and len(self.concats[node].factors) == 1:
            whole = self.whole(self.concats[node])
            width = static(node.outputs[0].shape)[1]
            self.made.replace(node.outputs[0], Index((FULL, slice(0, width)))(whole))
        elif node in self.sums:
            self.made.replace(node.outputs[0], self.product(self.sums[node]))
        elif node in self.gradients:
            self.made.replace(node.outputs[0], self.gradient(node))
        elif isinstance(node.op, Add) and self.adds_slices(node):
            self.made.replace(node.outputs[0], self.sum_of_slices(node))
        else:
            return False
        return True

    def current(self, tensor: Tensor) -> Tensor:
        """Give what has become of a value."""
        return self.made.tensors.get(tensor, tensor)

    def whole(self, site: Site) -> Tensor:
        """Give the factors of a site and a column of ones as one matrix."""
        if site.factors not in self.wholes:
            parts = [self.current(part) for x in site.factors for part in parts_of(x)]
            rows, dtype = static(parts[0].shape)[0], parts[0].dtype
            key = (rows, dtype)
            if key not in self.ones:
                self.ones[key] = self.made.graph.as_tensor(np.ones((rows, 1), dtype))
            name = f"{site.factors[0].name}/ones"
            self.wholes[site.factors] = Concat(1)(*parts, self.ones[key], name=name)
        return self.wholes[site.factors]

    def product(self, site: Site) -> Tensor:
        """Give the sum of a site as one product."""
        bias = Reshape((1, *static(site.bias.shape)))(self.current(site.bias), name=site.bias.name)
        weights = map(self.current, site.weights)
        matrix = Concat(0)(*weights, bias, name=f"{site.weights[0].name}/bias")
        return Matmul()(self.whole(site), matrix)

    def gradient(self, node: Node) -> Tensor:
        """Give a gradient of a site as rows of the gradient of all of its variables."""
        site, products, total = self.gradients[node]
        if products not in self.joined:
            turned = Transpose((1, 0))(self.whole(site))
            self.joined[products] = Matmul()(turned, self.current(total.inputs[0]))
        joined = self.joined[products]
        start = 0
        for product in products:
            stop = start + static(product.outputs[0].shape)[0]
            if product is node:
                return self.slice(joined, start, stop)
            start = stop
        row = self.slice(joined, start, start + 1)
        return Reshape(static(total.outputs[0].shape))(row)

    def slice(self, joined: Tensor, start: int, stop: int) -> Tensor:
        """Give rows of a gradient."""
        part = Index((slice(start, stop),))(joined)
        self.slices[part] = joined, (start, stop)
        return part

    def adds_slices(self, node: Node) -> bool:
        """Whether a node adds the same rows of two gradients."""
        parts = [self.slices.get(source_slice(self.current(x))) for x in node.inputs]
        first, second = parts
        return (
            first is not None
            and second is not None
            and first[1] == second[1]
            and first[0].shape == second[0].shape
        )

    def sum_of_slices(self, node: Node) -> Tensor:
        """Give rows of the sum of two gradients."""
        (first, rows), (second, _) = (
            self.slices[source_slice(self.current(x))] for x in node.inputs
        )
        if (first, second) not in self.added:
            self.added[first, second] = Add()(first, second)
        part = self.slice(self.added[first, second], *rows)
        shape = static(node.outputs[0].shape)
        return part if part.shape == shape else Reshape(shape)(part)


def is_joined(tensor: Tensor) -> bool:
    """Whether a factor is a concatenation of columns itself."""
    return isinstance(tensor.node.op, Concat) and tensor.node.op.axis == 1


def parts_of(tensor: Tensor) -> Sequence[Tensor]:
    """Give the columns that a factor is made of."""
    return tensor.node.inputs if is_joined(tensor) else (tensor,)


def source_slice(tensor: Tensor) -> Tensor:
    """Give the slice that a row is the reshape of."""
    return tensor.node.inputs[0] if isinstance(tensor.node.op, Reshape) else tensor
