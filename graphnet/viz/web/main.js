// Brings the parts together: what a user does, and what follows from it.

const byId = (id) => document.getElementById(id);
const STEP = 80; // pixels by which an arrow key moves
const FACTOR = 1.3; // by which a key or a button zooms
const NEAR = 40; // pixels around what was opened
const FAR = 160; // pixels around what was folded

class Page {
  constructor() {
    this.panel = byId("panel");
    this.stage = byId("stage");
    this.input = byId("find");
    this.levels = readLevels(this.stage);
    this.view = new View(this.stage, this.panel);
    this.theme = new Theme();
    this.search = new Search(this.levels);
    this.at = -1;
    this.key = "";
  }

  get level() {
    return this.levels[this.at];
  }

  start() {
    document.documentElement.classList.add("live");
    document.querySelectorAll(".tool").forEach((tool) => (tool.hidden = false));
    new Gestures(this.view);
    makeChoices(byId("levels"), this.levels, (index) => this.act(() => this.choose(index)));
    this.follow(readAddress());
    listen(this);
  }

  // Does what a user wants, and leaves an address that leads to the same.
  act(action) {
    action();
    writeAddress({ level: this.at + 1, find: this.input.value.trim(), node: this.key });
  }

  follow({ level, find, node }) {
    this.deselect();
    this.mount(between(1, level, this.levels.length) - 1);
    this.input.value = find;
    this.look();
    this.selectKey(node);
  }

  selectKey(key) {
    const card = key ? this.level.find(key) : undefined;
    if (card) this.select(card, key);
  }

  mount(index) {
    if (index === this.at) return;
    this.at = index;
    const { picture, cards } = this.level;
    this.stage.replaceChildren(picture);
    this.theme.apply();
    this.view.show(picture);
    this.view.put(this.view.whole());
    this.view.isFitted = true;
    prepare(cards);
    this.current = undefined;
    this.setCurrent(cards[0]);
    this.tell();
    this.markChoice(index);
    this.look();
  }

  markChoice(index) {
    const choice = byId("levels").querySelectorAll("input")[index];
    choice.checked = true;
    choice.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  choose(index) {
    const { key } = this;
    this.deselect();
    this.mount(index);
    this.selectKey(key);
  }

  press(card, isSelecting = false) {
    const index = isSelecting ? undefined : openLevel(this.levels, this.at, card);
    if (index === undefined) this.select(card);
    else this.open(card, index);
  }

  open(card, index) {
    this.move(index, card.members, this.view.rectOf(card.element), NEAR);
  }

  // Folds a frame, or what is around a card.
  fold(members, rect) {
    const index = foldedLevel(this.levels, this.at, members);
    if (index === undefined) byId("status").textContent = "No level has this folded.";
    else this.move(index, members, rect, FAR);
  }

  foldFrame(frame) {
    const rect = this.view.rectOf(frame);
    const inside = this.level.cards.filter((card) =>
      holds(rect, centerOf(this.view.rectOf(card.element))),
    );
    this.fold(inside.flatMap((card) => card.members), rect);
  }

  foldCard(card) {
    const index = wider(this.levels, this.at, card);
    if (index !== undefined) this.move(index, card.members, this.view.rectOf(card.element), FAR);
  }

  // Shows the same nodes in another level; the flight begins where they have been.
  move(index, members, rect, margin) {
    const spot = this.view.onStage(rect);
    this.deselect();
    this.mount(index);
    const cards = this.level.holding(members);
    const target = around(cards.map((card) => this.view.rectOf(card.element)));
    this.view.fly(this.view.around(padded(target, margin), 1), this.view.over(target, spot));
    this.setCurrent(cards[0]);
    this.current.element.focus({ preventScroll: true });
  }

  select(card, key = card.key) {
    this.deselect();
    this.key = key;
    this.setCurrent(card);
    const edges = this.level.edges(card);
    markSelection(this.level, card, edges);
    fillPanel(byId("about"), card, this.level, edges, this.actions(card), (other) =>
      this.act(() => this.select(other)),
    );
    this.panel.hidden = false;
    byId("status").textContent =
      `${card.name}: ${counted(edges.inputs, "input")}, ${counted(edges.outputs, "output")}`;
    this.view.reveal(this.view.rectOf(card.element));
  }

  actions(card) {
    const found = [];
    const opened = openLevel(this.levels, this.at, card);
    if (opened !== undefined) found.push(["Open", () => this.act(() => this.open(card, opened))]);
    if (wider(this.levels, this.at, card) !== undefined) {
      found.push(["Fold", () => this.act(() => this.foldCard(card))]);
    }
    return found;
  }

  deselect() {
    this.key = "";
    this.panel.hidden = true;
    if (!this.level) return;
    clearSelection(this.level.picture);
    this.tell();
  }

  tell() {
    const { label, cards } = this.level;
    byId("status").textContent = `${label}: ${cards.length} shown`;
  }

  look() {
    this.search.look(this.input.value, this.level);
    markHits(this.level.picture, this.search.hits);
    this.report();
  }

  report() {
    byId("hits").textContent = this.search.report;
    for (const id of ["previous", "next"]) byId(id).disabled = !this.search.hits.length;
  }

  goToHit(by) {
    const card = this.search.step(by);
    if (!card) return;
    this.level.picture.querySelector(".current")?.classList.remove("current");
    card.element.classList.add("current");
    this.setCurrent(card);
    this.view.reveal(this.view.rectOf(card.element));
    this.report();
  }

  // To the next or last node in reading order, or from hit to hit.
  walk(by) {
    const { cards } = this.level;
    if (!cards.length) return;
    if (this.search.hits.length) this.goToHit(by);
    else this.setCurrent(cards[(cards.indexOf(this.current) + by + cards.length) % cards.length]);
    this.current.element.focus({ preventScroll: true });
    this.view.reveal(this.view.rectOf(this.current.element));
  }

  // One node can be reached by Tab: the one where the user is.
  setCurrent(card) {
    this.current?.element.setAttribute("tabindex", "-1");
    this.current = card;
    card?.element.setAttribute("tabindex", "0");
  }

  escape() {
    if (this.key) this.act(() => this.deselect());
    else this.clearSearch();
  }

  clearSearch() {
    this.input.value = "";
    this.act(() => this.look());
  }
}

// Nodes become buttons, also for those who do not see them.
function prepare(cards) {
  for (const { element, name, isFolded, members } of cards) {
    element.setAttribute("role", "button");
    element.setAttribute("tabindex", "-1");
    element.setAttribute("aria-label", isFolded ? `${name}, ${members.length} nodes` : name);
  }
}

function makeChoices(field, levels, choose) {
  field.hidden = levels.length < 2;
  levels.forEach(({ label }, index) => {
    const choice = make("label", "");
    const button = Object.assign(make("input", ""), { type: "radio", name: "level" });
    button.addEventListener("change", () => choose(index));
    choice.append(button, make("span", label));
    field.append(choice);
  });
}
