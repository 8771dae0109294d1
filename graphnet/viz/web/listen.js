// What users do with mouse and keyboard.

function listen(page) {
  const { stage, input, view } = page;
  addEventListener("hashchange", () => page.follow(readAddress()));
  addEventListener("keydown", (event) => pressKey(page, event));
  stage.addEventListener("click", (event) => click(page, event));
  stage.addEventListener("focusin", ({ target }) => {
    if (target.matches(":focus-visible")) view.reveal(view.rectOf(target));
  });
  input.addEventListener("input", () => page.act(() => page.look()));
  input.addEventListener("keydown", (event) => typeInSearch(page, event));
  for (const [id, action] of Object.entries(buttons(page))) {
    byId(id).addEventListener("click", action);
  }
}

function buttons(page) {
  return {
    next: () => page.goToHit(1),
    previous: () => page.goToHit(-1),
    larger: () => page.view.zoomCenter(FACTOR),
    smaller: () => page.view.zoomCenter(1 / FACTOR),
    fit: () => page.view.fit(),
    scheme: () => page.theme.toggle(),
    keys: () => byId("help").showModal(),
    understood: () => byId("help").close(),
    close: () => closePanel(page),
  };
}

function closePanel(page) {
  page.act(() => page.deselect());
  page.current?.element.focus({ preventScroll: true });
}

function click(page, event) {
  const card = page.level.cardAt(event.target.closest("g.node"));
  const frame = event.target.closest("text, .badge")?.closest("g.cluster");
  page.act(() => {
    if (card) page.press(card, event.shiftKey);
    else if (frame) page.foldFrame(frame);
    else page.deselect();
  });
}

function typeInSearch(page, event) {
  if (event.key === "Enter") page.goToHit(event.shiftKey ? -1 : 1);
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  if (page.input.value) page.clearSearch();
  else page.input.blur();
}

function enterSearch(input) {
  input.focus();
  input.select();
}

const KEYS = {
  "+": (page) => page.view.zoomCenter(FACTOR),
  "=": (page) => page.view.zoomCenter(FACTOR), // the key of + without Shift
  "-": (page) => page.view.zoomCenter(1 / FACTOR),
  0: (page) => page.view.fit(),
  "/": (page) => enterSearch(page.input),
  ArrowLeft: (page) => page.view.pan(STEP, 0),
  ArrowRight: (page) => page.view.pan(-STEP, 0),
  ArrowUp: (page) => page.view.pan(0, STEP),
  ArrowDown: (page) => page.view.pan(0, -STEP),
  n: (page) => page.walk(1),
  p: (page) => page.walk(-1),
  f: (page) => page.current && page.act(() => page.foldCard(page.current)),
  "?": () => byId("help").showModal(),
  Escape: (page) => page.escape(),
};

// Only where a node has the focus.
const NODE_KEYS = {
  Enter: (page, card) => page.act(() => page.press(card)),
  " ": (page, card) => page.act(() => page.select(card)),
};

function pressKey(page, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const card = page.level.cardAt(event.target);
  const act = (card && NODE_KEYS[event.key]) || (!isTaken(event) && KEYS[event.key]);
  if (!act) return;
  event.preventDefault();
  act(page, card);
}

// Fields for text need most keys themselves, choices the arrows.
function isTaken({ target, key }) {
  if (target.matches?.("input[type=search]")) return true;
  return key.startsWith("Arrow") && Boolean(target.closest?.("#levels, #panel"));
}

new Page().start();
