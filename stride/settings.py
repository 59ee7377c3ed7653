"""Django's settings, read from the environment (docs/running.md lists every variable)."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from stride import environment, static_rules

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = environment.mode()
PRODUCTION = MODE == "production"
DATA_DIR = Path(os.environ.get("STRIDE_DATA", BASE_DIR / "var")).resolve()

SECRET_KEY = environment.secret_key(DATA_DIR)
DEBUG = False
ALLOWED_HOSTS = environment.words("STRIDE_HOSTS", default="" if PRODUCTION else "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = environment.words("STRIDE_ORIGINS")
# A class in one room has no certificate: only production insists on HTTPS.
SECURE = PRODUCTION

INSTALLED_APPS = [
    "accounts",
    "courses",
    "labs",
    "inference",
    "teach",
    "stride",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "channels",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "stride.permissions.PermissionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.LastSeenMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "stride.urls"
WSGI_APPLICATION = "stride.wsgi.application"
ASGI_APPLICATION = "stride.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "courses.showing.header.header",
            ],
        },
    },
]

DATABASES = {"default": environment.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional" if PRODUCTION else "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# Guests are signed in and must still reach sign-in and sign-up; accounts.views sends people with an account on.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_FORMS = {"signup": "accounts.forms.SignUpForm", "login": "accounts.forms.SignInForm"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Stride: "
# By account and address first, so that guesses that are refused do not use up what an address (a school's) may try.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "signup": "120/m/ip",
    "login_failed": "5/5m/key,60/m/ip",
    # A guest is made by every report without a cookie: a school behind one address has room, a script has not.
    "report": "300/h/ip",
}
# Proxies in front of the web process: only what they write into X-Forwarded-For is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("STRIDE_PROXIES", "1" if PRODUCTION else "0"))
# As long as an idle guest is kept; every visit renews it.
SESSION_COOKIE_AGE = 30 * 24 * 3600
EMAIL_BACKEND = os.environ.get("STRIDE_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")

# --- The doorbell
REDIS_URL = environment.redis_url(DATA_DIR)
CELERY_BROKER_URL = environment.broker_url(REDIS_URL)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- Times of a run (DESIGN 3); tests shrink them.
STRIDE_HEARTBEAT_SECONDS = environment.seconds("STRIDE_HEARTBEAT_SECONDS", default=5)
STRIDE_LEASE_SECONDS = environment.seconds("STRIDE_LEASE_SECONDS", default=15)
# A question to a network takes milliseconds, and a learner is waiting.
STRIDE_ANSWER_SECONDS = environment.seconds("STRIDE_ANSWER_SECONDS", default=5)
STRIDE_SWEEP_SECONDS = environment.seconds("STRIDE_SWEEP_SECONDS", default=5)
STRIDE_CHUNK_SECONDS = environment.seconds("STRIDE_CHUNK_SECONDS", default=0.14)
# A browser that takes no frame for so long is let go, to come back when it can.
STRIDE_SEND_SECONDS = environment.seconds("STRIDE_SEND_SECONDS", default=20)
STRIDE_STALL_SECONDS = environment.seconds("STRIDE_STALL_SECONDS", default=60)
STRIDE_RUN_SECONDS = environment.seconds("STRIDE_RUN_SECONDS", default=3600)
# A paused run keeps its checkpoints for so long, and then ends.
STRIDE_PAUSE_SECONDS = environment.seconds("STRIDE_PAUSE_SECONDS", default=7 * 24 * 3600)
# So long after its end a run's log goes from rows into one file.
STRIDE_PACK_SECONDS = environment.seconds("STRIDE_PACK_SECONDS", default=3600)
# A run that has held its device for so long while others wait is checkpointed and goes back to the queue.
STRIDE_SLICE_SECONDS = environment.seconds("STRIDE_SLICE_SECONDS", default=120)
# How many runs one device of a worker trains at once.
STRIDE_SLOTS = environment.count("STRIDE_SLOTS", default=1)
# What one person may have, by role: runs waiting and running at once, runs running, seconds of devices in 24 hours.
STRIDE_OPEN_RUNS = environment.count("STRIDE_OPEN_RUNS", default=8)
STRIDE_RUNNING_RUNS = environment.count("STRIDE_RUNNING_RUNS", default=2)
STRIDE_DEVICE_SECONDS = environment.seconds("STRIDE_DEVICE_SECONDS", default=4 * 3600)
STRIDE_GUEST_OPEN_RUNS = environment.count("STRIDE_GUEST_OPEN_RUNS", default=2)
STRIDE_GUEST_RUNNING_RUNS = environment.count("STRIDE_GUEST_RUNNING_RUNS", default=1)
STRIDE_GUEST_DEVICE_SECONDS = environment.seconds("STRIDE_GUEST_DEVICE_SECONDS", default=1800)
STRIDE_INSTRUCTOR_OPEN_RUNS = environment.count("STRIDE_INSTRUCTOR_OPEN_RUNS", default=20)
STRIDE_INSTRUCTOR_RUNNING_RUNS = environment.count("STRIDE_INSTRUCTOR_RUNNING_RUNS", default=4)
STRIDE_INSTRUCTOR_DEVICE_SECONDS = environment.seconds("STRIDE_INSTRUCTOR_DEVICE_SECONDS", default=12 * 3600)
# What one person may keep of their own pictures, by role: sets, bytes and pictures of all sets together.
STRIDE_PICTURE_SETS = environment.count("STRIDE_PICTURE_SETS", default=10)
STRIDE_PICTURE_BYTES = environment.count("STRIDE_PICTURE_BYTES", default=200_000_000)
STRIDE_PICTURE_COUNT = environment.count("STRIDE_PICTURE_COUNT", default=10_000)
STRIDE_GUEST_PICTURE_SETS = environment.count("STRIDE_GUEST_PICTURE_SETS", default=2)
STRIDE_GUEST_PICTURE_BYTES = environment.count("STRIDE_GUEST_PICTURE_BYTES", default=20_000_000)
STRIDE_GUEST_PICTURE_COUNT = environment.count("STRIDE_GUEST_PICTURE_COUNT", default=1_000)
STRIDE_INSTRUCTOR_PICTURE_SETS = environment.count("STRIDE_INSTRUCTOR_PICTURE_SETS", default=40)
STRIDE_INSTRUCTOR_PICTURE_BYTES = environment.count("STRIDE_INSTRUCTOR_PICTURE_BYTES", default=1_000_000_000)
STRIDE_INSTRUCTOR_PICTURE_COUNT = environment.count("STRIDE_INSTRUCTOR_PICTURE_COUNT", default=40_000)
# A zip of pictures may be so large; nothing of it is kept but what training needs.
STRIDE_PICTURE_UPLOAD_BYTES = environment.count("STRIDE_PICTURE_UPLOAD_BYTES", default=250_000_000)
# Own pictures are kept for so long after they were last trained on.
STRIDE_PICTURE_SECONDS = environment.seconds("STRIDE_PICTURE_SECONDS", default=90 * 24 * 3600)
# How many previews one person may have waiting at once.
STRIDE_OPEN_PREVIEWS = environment.count("STRIDE_OPEN_PREVIEWS", default=3)

# --- Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor/uplot", BASE_DIR / "node_modules/uplot/dist")]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "stride.browser_libraries.LibraryFinder",
]
WHITENOISE_IMMUTABLE_FILE_TEST = static_rules.NEVER_CHANGES
WHITENOISE_ADD_HEADERS_FUNCTION = static_rules.add_headers
STORAGES = {
    "default": environment.files(DATA_DIR),
    # Tests render pages without collecting the files first.
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "stride.static.HashedStaticFiles"
    },
}
FILE_UPLOAD_HANDLERS = [
    "inference.requests.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Where more may be sent than one picture: what the address begins with, and the most bytes of a request.
UPLOAD_BYTES = dict.fromkeys(("/data/", "/api/v1/data"), STRIDE_PICTURE_UPLOAD_BYTES)
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
# What a worker keeps of the files that it fetched, on its own disk.
STRIDE_CACHE_BYTES = environment.count("STRIDE_CACHE_BYTES", default=2_000_000_000)
COURSE_CONTENT = BASE_DIR / "courses" / "content"

# --- Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
TIME_ZONE = "UTC"
USE_TZ = True

# --- Safety
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "structlog.stdlib.ProcessorFormatter", "processor": "ext://stride.logs.renderer"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("STRIDE_LOG_LEVEL", "INFO")},
    "loggers": {"django_structlog": {"level": os.environ.get("STRIDE_REQUEST_LOG_LEVEL", "WARNING")}},
}
