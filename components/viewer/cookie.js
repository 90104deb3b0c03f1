// Writes cookies that this page's own server asked for, each of them once a tab.
const WRITTEN = "mask_desk_cookies_written";

export default function ({ data }) {
  let written = [];
  try {
    written = JSON.parse(sessionStorage.getItem(WRITTEN)) ?? [];
  } catch {
    // A tab without such a storage writes them again, which does no harm.
  }
  for (const { id, name, value, seconds } of data.cookies) {
    if (written.includes(id)) continue;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${name}=${value}; Path=/; Max-Age=${seconds}; SameSite=Strict${secure}`;
    written = [...written, id].slice(-50);
  }
  try {
    sessionStorage.setItem(WRITTEN, JSON.stringify(written));
  } catch {
    // As above.
  }
}
