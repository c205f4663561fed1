#!/usr/bin/python3
"""A bare WebKitGTK window that WebKitWebDriver can steer: no toolbar, so that it can be 360 px wide. --size=WxH --no-script --old --downloads=DIR

Needs Debian's webkit2gtk-driver, gir1.2-webkit2-4.1, python3-gi; run with the system's python3 (gi is not in an environment).
"""

import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2

given = dict(a.lstrip("-").partition("=")[::2] for a in sys.argv[1:])
width, height = map(int, given.get("size", "1280x800").split("x"))
OLD = "delete HTMLFormElement.prototype.requestSubmit; delete SubmitEvent.prototype.submitter; delete Element.prototype.ariaHidden;"

data = WebKit2.WebsiteDataManager.new_ephemeral()
data.set_tls_errors_policy(WebKit2.TLSErrorsPolicy.IGNORE)  # self-signed test servers
context = WebKit2.WebContext.new_with_website_data_manager(data)
context.set_automation_allowed(True)


def window(_session):
    settings = WebKit2.Settings(
        enable_javascript="no-script" not in given,
        enable_write_console_messages_to_stdout=True,
        enable_page_cache=True,
    )
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True, settings=settings)
    if "old" in given:  # a browser without these calls, as iPhones that ended at iOS 15 are
        view.get_user_content_manager().add_script(
            WebKit2.UserScript.new(
                OLD,
                WebKit2.UserContentInjectedFrames.TOP_FRAME,
                WebKit2.UserScriptInjectionTime.START,
                None,
                None,
            )
        )
    frame = Gtk.Window()
    frame.set_decorated(False)
    frame.set_default_size(width, height)
    frame.add(view)
    frame.show_all()
    view.connect("close", lambda _view: frame.destroy())
    return view


def started(_context, session):
    about = WebKit2.ApplicationInfo()
    about.set_name("MiniBrowser")  # the driver asks for this name
    about.set_version(
        WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version()
    )
    session.set_application_info(about)
    session.connect("create-web-view", window)


def place(download, name):
    download.set_destination(f"file://{given['downloads']}/{name}")
    return True


def downloading(_context, download):
    if "downloads" in given:
        download.set_allow_overwrite(True)
        download.connect("decide-destination", place)


context.connect("download-started", downloading)
context.connect("automation-started", started)
Gtk.main()
