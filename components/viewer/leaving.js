// A page that is being left stays on screen until the next one begins to come. What a component sends in
// that moment names the page it stands on: Streamlit 1.67 then takes the browser back to it, where its
// fragment is gone already, and shows nothing at all. So nothing is sent from there any more.
// Source: `AppSession.request_rerun`, which asks too early whether there is such a fragment.

const LONGEST_MS = 10_000;
const LINKS = ["stTopNavLink", "stSidebarNavLink", "stPageLink-NavLink", "stLogoLink"].map((id) => `[data-testid="${id}"]`).join();

/** The last part of a path is the page's name. */
const findPage = (path) => path.replace(/\/+$/, "").split("/").at(-1);

class Leaving {
  constructor() {
    this.since = -Infinity;
    this.page = "";
    this.births = new WeakMap();
    // Before Streamlit hears of it.
    addEventListener("click", (event) => this.hear(event), true);
    addEventListener("popstate", () => this.begin(location.pathname), true);
  }

  hear(event) {
    const isElsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    const link = isElsewhere ? null : event.composedPath().find((place) => place.matches?.(LINKS));
    // The name in the bar is a button, and leads to the first page.
    if (link) this.begin(link.href ? new URL(link.href).pathname : "/");
  }

  begin(path) {
    this.since = performance.now();
    this.page = findPage(path);
  }

  /**
   * What sends for a component, but not while its page is being left. Should the page stay after all, what
   * was held is sent late.
   *
   * @param {Element} element of the component; the same for as long as it is on the page.
   * @param {(name: string, value: any) => void} send
   */
  guard(element, send) {
    const birth = this.births.get(element) ?? { at: performance.now(), page: findPage(location.pathname) };
    this.births.set(element, birth);
    return (name, value) => {
      const rest = this.since + LONGEST_MS - performance.now();
      if (rest <= 0 || this.since < birth.at || this.page === birth.page) send(name, value);
      else setTimeout(() => element.isConnected && send(name, value), rest);
    };
  }
}

const leaving = (globalThis[Symbol.for("mask-desk.leaving")] ??= new Leaving());
