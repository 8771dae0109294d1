// What is shown stands in the address, so that a link leads to it: #level=2&find=dense&node=loss

function readAddress() {
  const fields = new URLSearchParams(location.hash.slice(1));
  return {
    level: Number.parseInt(fields.get("level"), 10) || 1,
    find: fields.get("find") ?? "",
    node: fields.get("node") ?? "",
  };
}

// Another level is a step in the history of the browser, so that its Back button folds again.
function writeAddress({ level, find, node }) {
  const fields = new URLSearchParams();
  if (level > 1) fields.set("level", level);
  if (find) fields.set("find", find);
  if (node) fields.set("node", node);
  const address = `#${fields}`;
  if (address === (location.hash || "#")) return;
  if (level === readAddress().level) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
}
