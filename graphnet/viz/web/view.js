// Which part of the picture the stage shows: {x, y, scale}, where (x, y) is the place on the stage
// of the picture's left upper corner.

const MARGIN = 24;
const IN_SIGHT = 48; // pixels of the picture that stay on the stage, however far it is dragged
const LARGEST = 8;
const READABLE = 0.7;
const FLIGHT = 420; // milliseconds
const REST = 160; // milliseconds without a movement, after which text is made sharp

class View {
  constructor(stage, panel) {
    this.stage = stage;
    this.panel = panel;
    this.place = { x: 0, y: 0, scale: 1 };
    this.isFitted = true;
    new ResizeObserver(() => this.isFitted && this.put(this.whole())).observe(stage);
  }

  show(picture) {
    this.land();
    const { width, height } = picture.viewBox.baseVal;
    this.picture = picture;
    this.size = { left: 0, top: 0, right: width, bottom: height };
    picture.style.width = `${width}px`;
    picture.style.height = `${height}px`;
  }

  put(place) {
    this.place = place;
    this.picture.style.transform = `translate(${place.x}px, ${place.y}px) scale(${place.scale})`;
    this.stage.classList.add("moving");
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.stage.classList.remove("moving"), REST);
  }

  room() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const panel = this.panel.getBoundingClientRect();
    return panel.width < width / 2
      ? { width: width - panel.width, height }
      : { width, height: height - panel.height };
  }

  whole() {
    return this.around(this.size, 1.5);
  }

  around(rect, largest) {
    const { width, height } = this.room();
    const across = (width - 2 * MARGIN) / Math.max(widthOf(rect), 1);
    const down = (height - 2 * MARGIN) / Math.max(heightOf(rect), 1);
    return this.centered(rect, Math.max(Math.min(across, down, largest), 0.001));
  }

  centered(rect, scale) {
    const { width, height } = this.room();
    const { x, y } = centerOf(rect);
    return { x: width / 2 - x * scale, y: height / 2 - y * scale, scale };
  }

  rectOf(element) {
    const corner = this.stage.getBoundingClientRect();
    const rect = element.getBoundingClientRect();
    const { x, y, scale } = this.place;
    return {
      left: (rect.left - corner.left - x) / scale,
      top: (rect.top - corner.top - y) / scale,
      right: (rect.right - corner.left - x) / scale,
      bottom: (rect.bottom - corner.top - y) / scale,
    };
  }

  onStage(rect) {
    const { x, y, scale } = this.place;
    return {
      left: rect.left * scale + x,
      top: rect.top * scale + y,
      right: rect.right * scale + x,
      bottom: rect.bottom * scale + y,
    };
  }

  // The place in which ``rect`` covers ``spot`` of the stage: where a flight begins that follows
  // what was there before.
  over(rect, spot) {
    const across = widthOf(spot) / Math.max(widthOf(rect), 1);
    const down = heightOf(spot) / Math.max(heightOf(rect), 1);
    const scale = between(this.smallest(), Math.min(across, down), LARGEST);
    const [from, to] = [centerOf(rect), centerOf(spot)];
    return { x: to.x - from.x * scale, y: to.y - from.y * scale, scale };
  }

  smallest() {
    return Math.min(this.whole().scale, 1) / 2;
  }

  fit() {
    this.fly(this.whole());
    this.isFitted = true;
  }

  // Shows what is in ``rect`` at a size that can be read, and moves nothing if it is there already.
  reveal(rect) {
    const spot = this.onStage(rect);
    const { width, height } = this.room();
    const stage = { left: 0, top: 0, right: width, bottom: height };
    if (covers(stage, spot) && this.place.scale >= READABLE) return;
    const largest = this.around(rect, LARGEST).scale;
    this.fly(this.centered(rect, Math.min(Math.max(this.place.scale, 1), largest)));
  }

  // The picture follows pointers: their center moves from ``before`` to ``after``, in coordinates
  // of the window, and their distance grows by ``factor``.
  drag(before, after, factor) {
    this.land();
    this.isFitted = false;
    const corner = this.stage.getBoundingClientRect();
    const scale = between(this.smallest(), this.place.scale * factor, LARGEST);
    const ratio = scale / this.place.scale;
    this.put(
      this.inSight({
        x: after.x - corner.left - (before.x - corner.left - this.place.x) * ratio,
        y: after.y - corner.top - (before.y - corner.top - this.place.y) * ratio,
        scale,
      }),
    );
  }

  zoom(point, factor) {
    this.drag(point, point, factor);
  }

  zoomCenter(factor) {
    const corner = this.stage.getBoundingClientRect();
    const { width, height } = this.room();
    this.zoom({ x: corner.left + width / 2, y: corner.top + height / 2 }, factor);
  }

  pan(x, y) {
    this.drag({ x: 0, y: 0 }, { x, y }, 1);
  }

  inSight({ x, y, scale }) {
    const { clientWidth, clientHeight } = this.stage;
    return {
      x: between(IN_SIGHT - this.size.right * scale, x, clientWidth - IN_SIGHT),
      y: between(IN_SIGHT - this.size.bottom * scale, y, clientHeight - IN_SIGHT),
      scale,
    };
  }

  land() {
    cancelAnimationFrame(this.frame);
  }

  fly(target, from = this.place) {
    this.land();
    this.isFitted = false;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.put(target);
    this.put(from);
    const start = performance.now();
    const step = (now) => {
      const part = between(0, (now - start) / FLIGHT, 1);
      this.put(part < 1 ? mix(from, target, 1 - (1 - part) ** 3) : target);
      if (part < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }
}

function mix(from, to, part) {
  const along = (key) => from[key] + (to[key] - from[key]) * part;
  return { x: along("x"), y: along("y"), scale: along("scale") };
}
