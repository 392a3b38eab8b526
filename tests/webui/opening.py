"""Opening a covered file by hand, in a browser."""

from playwright.sync_api import Locator, Page

from tests.waiting import wait_until


def open_file(page: Page, number: int = 0, reason: str = "screening") -> Locator:
    """On the page of a case: gives a reason for one of its files, waits for its page; gives what shows the file."""
    covered = page.locator(".open-file").nth(number)
    covered.locator("summary").click()
    covered.locator("select").select_option(reason)
    covered.locator("button").click()
    page.wait_for_url("**/evidence/*/look")
    return page.locator(".stage").locator("img, video, audio")


def wait_for_picture(picture: Locator) -> None:
    """Until the picture was fetched and drawn."""
    # Asked from outside: the page's own policy forbids what wait_for_function would have it evaluate.
    wait_until(lambda: picture.evaluate("image => image.naturalWidth"), 20, "the picture")
