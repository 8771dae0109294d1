// The same graph from most folded to most open, one picture each. Only one is in the document, so
// that ids of pictures never meet, and a page with many nodes stays quick.

const FOUND_BY = ["op", "shape", "dtype", "source"];

class Card {
  constructor(element) {
    const { key, name, members } = element.dataset;
    this.element = element;
    this.key = key;
    this.name = name || key;
    this.members = members ? JSON.parse(members) : [key];
    this.isScope = element.classList.contains("kind-scope");
    this.isFolded = this.isScope || this.members.length > 1;
  }

  // What is known and written of it, but for its name.
  get facts() {
    const written = [...this.element.querySelectorAll("text")].map((text) => text.textContent);
    const data = FOUND_BY.map((fact) => this.element.dataset[fact] ?? "");
    return [...data, ...written].join("\n").toLowerCase();
  }

  get text() {
    return `${this.name.toLowerCase()}\n${this.facts}`;
  }
}

class Level {
  constructor(label, picture) {
    this.label = label;
    this.picture = picture;
    this.cards = [...picture.querySelectorAll("g.node")].map((node) => new Card(node));
    this.byKey = new Map(this.cards.map((card) => [card.key, card]));
    this.byElement = new Map(this.cards.map((card) => [card.element, card]));
    this.byMember = new Map(
      this.cards.flatMap((card) => card.members.map((member) => [member, card])),
    );
  }

  // The card of a key, or the folded one that holds the node of this name.
  find(key) {
    return this.byKey.get(key) ?? this.byMember.get(key);
  }

  cardAt(element) {
    return this.byElement.get(element);
  }

  holding(members) {
    const found = members.map((member) => this.byMember.get(member));
    return [...new Set(found.filter(Boolean))];
  }

  edges(card) {
    const find = (name, end) =>
      [...this.picture.querySelectorAll(name)].filter((edge) => edge.dataset[end] === card.key);
    return {
      inputs: find("g.edge", "head"),
      outputs: find("g.edge", "tail"),
      labels: [...find("g.edge-label", "head"), ...find("g.edge-label", "tail")],
    };
  }
}

function readLevels(stage) {
  const sources = [stage, ...document.querySelectorAll("template.level")];
  return sources.map((source) => {
    const picture = (source.content ?? source).querySelector("svg");
    return new Level(source.dataset.label, document.adoptNode(picture));
  });
}

// The next level in which a card is open; undefined if there is none.
function openLevel(levels, at, card) {
  if (!card.isFolded) return undefined;
  return indices(levels, at + 1, levels.length).find(
    (index) => levels[index].holding(card.members).length > 1,
  );
}

// The next level in which all of these nodes are in one card.
function foldedLevel(levels, at, members) {
  return indices(levels, 0, at)
    .reverse()
    .find((index) => levels[index].holding(members).some((card) => isAround(card, members)));
}

// The next level in which a card is part of a larger one.
function wider(levels, at, card) {
  return indices(levels, 0, at)
    .reverse()
    .find((index) => levels[index].find(card.members[0])?.members.length > card.members.length);
}

function isAround(card, members) {
  const own = new Set(card.members);
  return card.isFolded && members.every((member) => own.has(member));
}

const indices = (levels, first, end) => [...levels.keys()].slice(first, end);
