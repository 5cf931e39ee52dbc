# Two stages: the first installs what the locks pin, the second holds only what runs.
FROM python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285 AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN pip install --require-hashes --only-binary :all: -r requirements-build.lock
# dkimpy has no wheel: it is made here, with what is pinned as well.
RUN pip wheel --require-hashes --only-binary :all: --no-binary dkimpy --no-build-isolation \
        --wheel-dir wheels -r requirements.lock \
    && python -m venv --without-pip /opt/hub \
    && pip --python /opt/hub/bin/python install --no-index --no-deps wheels/*.whl
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY hub hub
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && pip --python /opt/hub/bin/python install --no-deps dist/*.whl

FROM python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285
# `hub db backup` needs the client of the server's version: postgres in docker-compose.yml.
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends \
        postgresql-client-17 >/dev/null \
    && rm -rf /var/lib/apt/lists/*
# A number that no other base image gives to somebody else: volumes keep their owner by it. A new
# volume takes the owner of the folder that it is mounted over.
RUN useradd --uid 10001 --no-create-home --home-dir /var/lib/hub hub \
    && install --directory --owner hub --group hub --mode 700 /var/lib/hub /var/lib/hub/outbox \
        /var/lib/hub/backups
COPY --from=build /opt/hub /opt/hub
ENV PATH=/opt/hub/bin:$PATH PYTHONUNBUFFERED=1 HUB_LOG=json HUB_CAPTURE_DIR=/var/lib/hub/outbox
USER hub
WORKDIR /var/lib/hub
EXPOSE 8080
ENTRYPOINT ["hub"]
CMD ["run"]
