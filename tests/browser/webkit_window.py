#!/usr/bin/python3
"""A bare WebKitGTK window that WebKitWebDriver steers: no toolbar, so that it can be 360 px wide. --size=WxH --no-script

Run by the system's python3, which has `gi`; no environment of ours has it.
"""

import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402  its version is chosen first

given = dict(one.lstrip("-").partition("=")[::2] for one in sys.argv[1:])
width, height = (int(side) for side in given.get("size", "1280x800").split("x"))
context = WebKit2.WebContext.new_with_website_data_manager(
    WebKit2.WebsiteDataManager.new_ephemeral()
)
context.set_automation_allowed(True)


def window(_session):
    """A page of its own, shown."""
    settings = WebKit2.Settings(enable_javascript="no-script" not in given, enable_page_cache=True)
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True, settings=settings)
    frame = Gtk.Window()
    frame.set_decorated(False)
    frame.set_default_size(width, height)
    frame.add(view)
    frame.show_all()
    view.connect("close", lambda _view: frame.destroy())
    return view


def started(_context, session):
    """The driver asks for a browser of this name."""
    about = WebKit2.ApplicationInfo()
    about.set_name("MiniBrowser")
    about.set_version(
        WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version()
    )
    session.set_application_info(about)
    session.connect("create-web-view", window)


context.connect("automation-started", started)
Gtk.main()
