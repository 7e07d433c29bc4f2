"""What keys do in the table of the fleet: they move the cursor."""

from console.tui.actions.action import Action, Where

TABLE_ACTIONS = tuple(
    Action(action_id, Where.TABLE, keys, label, told, method, in_footer=False)
    for action_id, keys, label, told, method in (
        ("table.down", ("down", "j"), "down", "Go to the next row; the cursor stays on its model.", "cursor_down"),
        ("table.up", ("up", "k"), "up", "Go to the row before.", "cursor_up"),
        ("table.first", ("home", "g"), "first", "Go to the first row.", "cursor_first"),
        ("table.last", ("end", "G"), "last", "Go to the last row.", "cursor_last"),
        ("table.page_down", ("pagedown",), "page down", "Go down by a page.", "page_down"),
        ("table.page_up", ("pageup",), "page up", "Go up by a page.", "page_up"),
        ("table.half_page_down", ("ctrl+d",), "half page down", "Go down by half a page.", "half_page_down"),
        ("table.half_page_up", ("ctrl+u",), "half page up", "Go up by half a page.", "half_page_up"),
    )
)
