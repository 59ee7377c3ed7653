# The train and infer workers: PyTorch with CUDA, or from TORCH_INDEX. Build from the repository's root:
#   docker build -f docker/worker.Dockerfile -t stride-worker .
FROM python:3.12-slim

ARG TORCH_INDEX=""

RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 stride \
    && install -d -o stride /stride /data

WORKDIR /stride
USER stride
ENV STRIDE_MODE=production STRIDE_DATA=/data REDIS_URL=redis://redis:6379 PYTHONUNBUFFERED=1

COPY --chown=stride stride/bootstrap.py stride/bootstrap.py
COPY --chown=stride requirements*.txt package.json package-lock.json ./
RUN TORCH_INDEX=$TORCH_INDEX python3 stride/bootstrap.py worker

COPY --chown=stride . .
CMD ["make", "train-worker"]
