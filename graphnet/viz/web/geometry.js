// Rectangles have left, top, right and bottom; in pixels of the picture unless told otherwise.

const widthOf = (rect) => rect.right - rect.left;
const heightOf = (rect) => rect.bottom - rect.top;

function centerOf(rect) {
  return { x: (rect.left + rect.right) / 2, y: (rect.top + rect.bottom) / 2 };
}

function around(rects) {
  return {
    left: Math.min(...rects.map((rect) => rect.left)),
    top: Math.min(...rects.map((rect) => rect.top)),
    right: Math.max(...rects.map((rect) => rect.right)),
    bottom: Math.max(...rects.map((rect) => rect.bottom)),
  };
}

function holds(rect, point) {
  const beside = point.x < rect.left || point.x > rect.right;
  return !beside && point.y >= rect.top && point.y <= rect.bottom;
}

function covers(outer, inner) {
  const { left, top, right, bottom } = inner;
  return holds(outer, { x: left, y: top }) && holds(outer, { x: right, y: bottom });
}

function padded(rect, margin) {
  return {
    left: rect.left - margin,
    top: rect.top - margin,
    right: rect.right + margin,
    bottom: rect.bottom + margin,
  };
}

const between = (low, value, high) => Math.max(low, Math.min(value, high));
