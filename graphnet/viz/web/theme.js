// Light or dark. The page and the pictures follow the system by media queries in their styles; the
// button overrides these queries, so that no style has to be written twice.

const SCHEME = /\(prefers-color-scheme:\s*(light|dark)\)/g;
const ALWAYS = "(min-width: 0px)";
const NEVER = "(max-width: 0px)";

class Theme {
  constructor() {
    this.chosen = "";
    this.queries = new WeakMap();
  }

  toggle() {
    const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
    const current = this.chosen || (isDark ? "dark" : "light");
    this.chosen = current === "dark" ? "light" : "dark";
    document.documentElement.style.colorScheme = this.chosen;
    this.apply();
  }

  // A picture that comes into the document brings new rules.
  apply() {
    if (!this.chosen) return;
    for (const sheet of document.styleSheets) this.override(sheet.cssRules);
  }

  override(rules) {
    for (const rule of rules) {
      if (rule instanceof CSSMediaRule) this.decide(rule);
      if (rule.cssRules) this.override(rule.cssRules);
    }
  }

  decide(rule) {
    if (!this.queries.has(rule)) this.queries.set(rule, rule.media.mediaText);
    rule.media.mediaText = this.queries
      .get(rule)
      .replace(SCHEME, (_, scheme) => (scheme === this.chosen ? ALWAYS : NEVER));
  }
}
