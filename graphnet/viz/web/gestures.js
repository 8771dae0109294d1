// Wheel, mouse and fingers.

const LOOSE = 4; // pixels a pointer may move and still click
const WHEEL_UNITS = [1, 16, 100]; // pixels, lines, pages

class Gestures {
  constructor(view) {
    this.view = view;
    this.points = new Map();
    this.isDragging = false;
    const { stage } = view;
    stage.addEventListener("wheel", (event) => this.turn(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.press(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) {
      stage.addEventListener(end, (event) => this.release(event));
    }
    stage.addEventListener("click", (event) => this.isDragging && event.stopPropagation(), true);
  }

  turn(event) {
    event.preventDefault();
    const distance = event.deltaY * WHEEL_UNITS[event.deltaMode];
    const speed = event.ctrlKey ? 0.01 : 0.0015; // browsers tell a pinch as a wheel with Ctrl
    this.view.zoom(pointOf(event), Math.exp(-between(-200, distance, 200) * speed));
  }

  press(event) {
    if (event.button !== 0) return;
    this.points.set(event.pointerId, pointOf(event));
  }

  move(event) {
    const last = this.points.get(event.pointerId);
    if (!last) return;
    if (!event.buttons) return this.release(event); // it was let go outside of the stage
    if (!this.isDragging && !this.begins(last, event)) return;
    const before = this.grip();
    this.points.set(event.pointerId, pointOf(event));
    const after = this.grip();
    this.view.drag(before, after, after.spread / before.spread);
  }

  // The browser makes a click of the end of a drag, which comes before what is set off here.
  release(event) {
    this.points.delete(event.pointerId);
    if (!this.points.size) setTimeout(() => (this.isDragging = false));
  }

  begins(last, event) {
    this.isDragging =
      this.points.size > 1 || Math.hypot(event.clientX - last.x, event.clientY - last.y) > LOOSE;
    // A pointer that clicks must not be captured: the click would miss the node below it.
    if (this.isDragging) this.view.stage.setPointerCapture(event.pointerId);
    return this.isDragging;
  }

  grip() {
    const points = [...this.points.values()];
    const x = points.reduce((sum, point) => sum + point.x, 0) / points.length;
    const y = points.reduce((sum, point) => sum + point.y, 0) / points.length;
    const [first] = points;
    const spread = points.length > 1 ? Math.max(Math.hypot(first.x - x, first.y - y), 1) : 1;
    return { x, y, spread };
  }
}

const pointOf = (event) => ({ x: event.clientX, y: event.clientY });
