"""What a browser at a desk does, without the browser: signs in, reads pages, sends their forms."""

import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar

TIMEOUT_S = 20.0


class Form(HTMLParser):
    """The forms of one page: address and fields of each, with the values they come with."""

    def __init__(self, page: str) -> None:
        """Reads ``page``."""
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.links: list[str] = []
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collects forms, inputs, selects and links."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((found.get("action", ""), {}))
        elif tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif not self.forms:
            return
        elif tag in ("input", "button") and found.get("name"):
            self.forms[-1][1].setdefault(found["name"], found.get("value", ""))
        elif tag in ("textarea", "select") and found.get("name"):
            self._select = found["name"]
            self.forms[-1][1].setdefault(self._select, "")
        elif tag == "option" and self._select and not self.forms[-1][1].get(self._select):
            self.forms[-1][1][self._select] = found.get("value", "")


class Office:
    """One signed-in browser."""

    def __init__(self, base_url: str, lan_ca: str) -> None:
        """``lan_ca``: PEM of the authority's LAN CA, the only one trusted."""
        context = ssl.create_default_context(cadata=lan_ca)
        self.base_url, self._jar = base_url, CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context), urllib.request.HTTPCookieProcessor(self._jar)
        )

    def sign_in(self, name: str, password: str) -> None:
        """Raises PermissionError when the box refuses."""
        self.send("/sign-in", "/sign-in", {"name": name, "password": password})
        if "/sign-out" not in self.page("/"):
            raise PermissionError("the box refused the sign-in")

    def cookies(self) -> str:
        """What this browser sends with each request, for another client of the same person."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def page(self, path: str) -> str:
        """The text of one page."""
        return self.fetch(path).decode()

    def fetch(self, path: str) -> bytes:
        """The bytes behind one address."""
        return self._open(path)

    def send(self, path: str, action: str, values: dict[str, str]) -> str:
        """Fills in the form at ``path`` whose address contains ``action`` and sends it; gives the page that answers."""
        page = self.page(path)
        for address, fields in Form(page).forms:
            if action in (address or path):
                return self._post(address or path, fields | values)
        raise LookupError(f"{path} has no form for {action}")

    def serials(self, query: str = "") -> list[str]:
        """The serials on the list of cases, newest first."""
        page = self.page("/cases" + query)
        return list(dict.fromkeys(re.findall(r"[A-Z]{3}-\d{4}-\d{5}", page)))

    def _post(self, address: str, fields: dict[str, str]) -> str:
        return self._open(address, urllib.parse.urlencode(fields).encode()).decode()

    def _open(self, address: str, body: bytes | None = None) -> bytes:
        url = urllib.parse.urljoin(self.base_url, address)
        same_site = {"Referer": self.base_url + "/", "Origin": self.base_url}
        request = urllib.request.Request(url, body, same_site)  # noqa: S310 - https of our own box
        with self._opener.open(request, timeout=TIMEOUT_S) as answer:
            found: bytes = answer.read()
            return found
