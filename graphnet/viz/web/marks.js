// Marks on nodes and edges: rings around them, and what is dimmed beside them.

const SVG = "http://www.w3.org/2000/svg";
const GAP = 4;

function clearMarks(picture, ...names) {
  for (const name of names) {
    picture.querySelectorAll(`.${name}`).forEach((element) => element.classList.remove(name));
  }
  for (const ring of picture.querySelectorAll("rect.ring")) {
    if (!ring.parentNode.matches(".hit, .selected")) ring.remove();
  }
}

function markAll(elements, name) {
  elements.forEach((element) => element.classList.add(name));
}

// All are measured before any is changed: the other way round, each would be laid out anew.
function addRings(elements) {
  const bare = elements.filter((element) => !element.querySelector("rect.ring"));
  const boxes = bare.map((element) => element.getBBox());
  bare.forEach((element, index) => element.append(makeRing(boxes[index])));
}

function makeRing(box) {
  const ring = document.createElementNS(SVG, "rect");
  ring.setAttribute("class", "ring");
  ring.setAttribute("x", box.x - GAP);
  ring.setAttribute("y", box.y - GAP);
  ring.setAttribute("width", box.width + 2 * GAP);
  ring.setAttribute("height", box.height + 2 * GAP);
  ring.setAttribute("rx", 2 * GAP);
  return ring;
}

function markHits(picture, cards) {
  const elements = cards.map((card) => card.element);
  clearMarks(picture, "hit", "current");
  markAll(elements, "hit");
  addRings(elements);
  picture.classList.toggle("searching", elements.length > 0);
}

function markSelection(level, card, { inputs, outputs, labels }) {
  const others = [
    ...inputs.map((edge) => level.byKey.get(edge.dataset.tail)),
    ...outputs.map((edge) => level.byKey.get(edge.dataset.head)),
  ];
  const beside = others.filter(Boolean).map((other) => other.element);
  markAll([card.element], "selected");
  markAll(inputs, "incoming");
  markAll(outputs, "outgoing");
  markAll([card.element, ...labels, ...beside], "near");
  addRings([card.element]);
  level.picture.classList.add("selecting");
}

function clearSelection(picture) {
  picture.classList.remove("selecting");
  clearMarks(picture, "selected", "near", "incoming", "outgoing");
}
