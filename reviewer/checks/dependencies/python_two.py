"""What only Python 2 had: names that need no import, and modules of its standard library."""

from __future__ import annotations

NAMES = frozenset(
    {"unicode", "basestring", "long", "unichr", "xrange", "raw_input", "reduce", "cmp", "file", "execfile", "reload"}
    | {"buffer", "intern", "apply", "coerce"}
)
MODULES = frozenset(
    {"cStringIO", "StringIO", "cPickle", "ConfigParser", "Queue", "urllib2", "urlparse", "httplib", "cookielib"}
    | {"Cookie", "HTMLParser", "htmlentitydefs", "Tkinter", "tkMessageBox", "SocketServer", "BaseHTTPServer", "thread"}
    | {"SimpleHTTPServer", "CGIHTTPServer", "xmlrpclib", "SimpleXMLRPCServer", "robotparser", "copy_reg", "commands"}
    | {"__builtin__", "exceptions", "_winreg", "dummy_thread", "anydbm", "dbhash", "whichdb", "sets", "md5", "sha"}
    | {"UserDict", "UserList", "UserString", "future_builtins", "dircache", "popen2"}
)
