// What is known of one card. All of it is text: nothing is ever parsed as markup.

const ROWS = [
  "op", "shape", "dtype", "parameters", "bytes", "step", "place", "time", "calls", "source",
];
const NOT_ROWS = ["name", "members", "key", "box", "heat", "nodes"];

const counted = (things, name) => `${things.length} ${name}${things.length === 1 ? "" : "s"}`;

function make(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

function rowsOf(card) {
  const { dataset } = card.element;
  const known = [...ROWS, ...NOT_ROWS];
  const others = Object.keys(dataset).filter((key) => !known.includes(key));
  return [...ROWS, ...others].filter((key) => dataset[key]).map((key) => [key, dataset[key]]);
}

// Long whole numbers with commas.
function grouped(value) {
  return /^\d{5,15}$/.test(value) ? Number(value).toLocaleString("en-US") : value;
}

function makeRows(card) {
  const list = make("dl", "");
  for (const [key, value] of rowsOf(card)) {
    list.append(make("dt", key), make("dd", grouped(value), key === "source" ? "code" : ""));
  }
  return list;
}

// What a folded scope says of itself are the names in it, which are listed anyway.
function makeAbout(card) {
  const about = [...card.element.children].find((element) => element.tagName === "desc");
  return about && !card.isScope ? [make("p", about.textContent, "about")] : [];
}

// Buttons that lead to the cards at the other ends of edges.
function makeWays(title, className, edges, end, level, go) {
  if (!edges.length) return [];
  const list = make("ul", "", className);
  for (const edge of edges) {
    const other = level.byKey.get(edge.dataset[end]);
    if (!other) continue;
    const button = make("button", other.name);
    button.type = "button";
    button.addEventListener("click", () => go(other));
    const item = make("li", "");
    item.append(button, make("small", edgeText(edge)));
    list.append(item);
  }
  return [make("h3", title, className), list];
}

function edgeText(edge) {
  const { shape, dtype } = edge.dataset;
  return [dtype, shape].filter(Boolean).join("");
}

function makeInside(card) {
  if (!card.isFolded) return [];
  const inside = make("details", "");
  inside.append(make("summary", counted(card.members, "node")));
  inside.append(make("pre", card.members.join("\n")));
  return [inside];
}

function makeAction(label, act) {
  const button = make("button", label, "action");
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

function fillPanel(body, card, level, { inputs, outputs }, actions, go) {
  const buttons = make("p", "", "actions");
  buttons.append(...actions.map(([label, act]) => makeAction(label, act)));
  body.replaceChildren(
    make("h2", card.name),
    ...(actions.length ? [buttons] : []),
    makeRows(card),
    ...makeAbout(card),
    ...makeInside(card),
    ...makeWays("Inputs", "incoming", inputs, "tail", level, go),
    ...makeWays("Outputs", "outgoing", outputs, "head", level, go),
  );
  body.scrollTop = 0;
}
