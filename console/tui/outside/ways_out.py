"""The ways out of the screen: each does its slow part beside the screen and says in the end what became of it."""

import asyncio
from collections.abc import Awaitable
from subprocess import Popen
from typing import TYPE_CHECKING

from console.domain.link import Link
from console.domain.moments import rfc3339
from console.domain.snapshot import ModelDetail, ModelView
from console.headless.summary.words import model_in_words
from console.tui.outside.browser import browser_of, environment_of
from console.tui.outside.clipboard import Copied, Route, copy_text, copyable, route_of, send_text
from console.tui.outside.export import export_contents, export_detail, file_stem
from console.tui.outside.picture import without_remote_fonts
from console.tui.outside.programs import ProgramFailed, run_program

if TYPE_CHECKING:
    from console.tui.app import ConsoleApp
    from console.tui.screens.base import ConsoleScreen

_SECONDS_TO_START_A_BROWSER = 3.0


class WaysOut:
    """Copies, opens pages and writes files for an application; `copied` is what was copied last."""

    def __init__(self, app: "ConsoleApp") -> None:
        self.copied = ""
        self._app = app
        self._copies_in_order = asyncio.Lock()
        self._browsers: list[Popen[bytes]] = []

    def copy_state_of(self, view: ModelView) -> None:
        """Copy how a model is."""
        at = self._app.snapshot.at if self._app.snapshot is not None else self._app.now()
        self.copy(f"{view.model.shown_id} {view.status.value}: {model_in_words(view, at)}")

    def copy(self, text: str, *, lines: bool = False) -> None:
        """Put a text into the clipboard that the settings mean; without `lines` as one line."""
        self.copied = copyable(text, lines=lines)
        route = route_of(self._app.surroundings)
        if route.desktop or route.tmux:
            self._beside(self._copy_with_programs(self.copied, route))
        else:
            self._tell_copied(self.copied, self._copy_at_once(self.copied, route))

    def open(self, link: Link) -> None:
        """Open a page in the browser of the person's desktop; where there is none, copy its address."""
        if not link.opens:
            self._app.say(f"not opened, it is no http(s) address: {link.url}", is_bad=True)
        elif browser := browser_of(self._app.surroundings):
            self._beside(self._open((*browser, link.url), link.url))
        else:
            self.copy(link.url)

    async def _open(self, command: tuple[str, ...], url: str) -> None:
        environment = environment_of(self._app.surroundings)
        try:
            browser = await asyncio.to_thread(
                run_program, command, environment, patience_seconds=_SECONDS_TO_START_A_BROWSER
            )
        except ProgramFailed as failure:
            self.copied = url
            copied = await self._copy_in_order(url, route_of(self._app.surroundings))
            instead = "the address was copied" if copied.is_copied else f"nor copied: {copied.trouble}"
            self._app.say(f"not opened, {failure}; {instead}", is_bad=True)
        else:
            self._browsers = [each for each in (*self._browsers, browser) if each is not None and each.poll() is None]
            self._app.say(f"opened: {url}")

    def export_screen(self, screen: "ConsoleScreen") -> None:
        """Write the screen in front as a picture and as text."""
        at = self._app.now()
        picture = without_remote_fonts(self._app.export_screenshot(title=f"incident-console, {rfc3339(at)}"))
        contents = {".svg": picture, ".txt": screen.painted()}
        directory = self._app.surroundings.directory
        self._beside(
            self._export(asyncio.to_thread(export_contents, file_stem(screen.subject, at), contents, directory))
        )

    def export_text(self, subject: str, suffix: str, text: str) -> None:
        """Write a text into a file that is called after its subject."""
        stem, directory = file_stem(subject, self._app.now()), self._app.surroundings.directory
        self._beside(self._export(asyncio.to_thread(export_contents, stem, {suffix: text}, directory)))

    def export_detail(self, detail: ModelDetail) -> None:
        """Write the series of a model."""
        self._beside(self._export(asyncio.to_thread(export_detail, detail, self._app.surroundings.directory)))

    def _beside(self, work: Awaitable[None]) -> None:
        self._app.run_worker(work, group="ways out", exit_on_error=False)

    async def _export(self, writing: Awaitable[tuple[str, bool]]) -> None:
        told, is_written = await writing
        self._app.say(told, is_bad=not is_written)

    def _copy_at_once(self, text: str, route: Route) -> Copied:
        if route.why_none:
            return Copied(False, route.why_none)
        return send_text(text, self._app.surroundings, self._app.write_to_terminal)

    async def _copy_in_order(self, text: str, route: Route) -> Copied:
        """Copy after every copy that was asked for before: what was copied last is what is pasted."""
        if not route.desktop and not route.tmux:
            return self._copy_at_once(text, route)
        async with self._copies_in_order:
            return await copy_text(text, route, self._app.surroundings, self._app.write_to_terminal)

    async def _copy_with_programs(self, text: str, route: Route) -> None:
        self._tell_copied(text, await self._copy_in_order(text, route))

    def _tell_copied(self, text: str, copied: Copied) -> None:
        if not copied.is_copied:
            self._app.say(f"not copied: {copied.trouble}", is_bad=True)
        else:
            self._app.say(f"copied, though {copied.trouble}: {text}" if copied.trouble else f"copied: {text}")
