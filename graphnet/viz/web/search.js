// Finds nodes in all levels: one that is inside a folded card makes that card a hit.

class Search {
  constructor(levels) {
    this.levels = levels;
    this.words = [];
    this.hits = [];
    this.at = -1;
  }

  // What is known of every node, from the level in which it is by itself, or one of several equal.
  get index() {
    if (!this.texts) {
      this.texts = new Map();
      for (const card of this.levels.flatMap((level) => level.cards)) {
        for (const name of card.members) this.learn(name, card);
      }
    }
    return this.texts;
  }

  learn(name, card) {
    const own = name.toLowerCase();
    if (!card.isScope) this.texts.set(name, `${own}\n${card.facts}`);
    else if (!this.texts.has(name)) this.texts.set(name, own);
  }

  look(query, level) {
    this.words = query.toLowerCase().split(/\s+/).filter(Boolean);
    this.at = -1;
    this.nodes = this.words.length ? this.matching() : new Set();
    this.hits = this.words.length ? level.cards.filter((card) => this.isHit(card)) : [];
  }

  matching() {
    const names = [...this.index].filter(([, text]) => this.agrees(text)).map(([name]) => name);
    return new Set(names);
  }

  isHit(card) {
    const isInside = card.members.some((member) => this.nodes.has(member));
    return isInside || (card.isFolded && this.agrees(card.text));
  }

  agrees(text) {
    return this.words.every((word) => text.includes(word));
  }

  step(by) {
    const count = this.hits.length;
    const start = this.at < 0 && by < 0 ? 0 : this.at;
    this.at = count ? (start + by + count) % count : -1;
    return this.hits[this.at];
  }

  get report() {
    if (!this.words.length) return "";
    const count = this.hits.length;
    if (!count) return "nothing found";
    const cards = this.at < 0 ? `${count} found` : `${this.at + 1} of ${count}`;
    const hidden = this.nodes.size > count ? ` (${this.nodes.size} nodes)` : "";
    return cards + hidden;
  }
}
