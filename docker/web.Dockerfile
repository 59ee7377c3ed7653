# The web process, the sweeper and the preparation: no PyTorch. Build from the repository's root:
#   docker build -f docker/web.Dockerfile -t stride-web .
FROM python:3.12-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 stride \
    && install -d -o stride /stride /data

WORKDIR /stride
USER stride
# Named here so that no redis-server is put into the image; compose.yaml says where it is.
ENV STRIDE_MODE=production STRIDE_DATA=/data STRIDE_BIND=0.0.0.0 REDIS_URL=redis://redis:6379 PYTHONUNBUFFERED=1

COPY --chown=stride stride/bootstrap.py stride/bootstrap.py
COPY --chown=stride requirements*.txt package.json package-lock.json ./
RUN python3 stride/bootstrap.py web

COPY --chown=stride . .
EXPOSE 8000
CMD ["make", "web"]
