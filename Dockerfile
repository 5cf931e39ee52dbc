# Two stages: the first has pip and the lock, the second only what runs.
FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/hub
COPY requirements.lock .
RUN /opt/hub/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md ./
COPY schemas schemas
COPY hub hub
# The build backend comes from the lock's registry as well; nothing else is resolved here.
RUN /opt/hub/bin/pip install --no-deps .

FROM python:3.13-slim-trixie
RUN useradd --system --create-home --home-dir /var/lib/hub hub
COPY --from=build /opt/hub /opt/hub
ENV PATH=/opt/hub/bin:$PATH PYTHONUNBUFFERED=1 HUB_LOG=json
USER hub
WORKDIR /var/lib/hub
EXPOSE 8080
ENTRYPOINT ["hub"]
CMD ["run"]
