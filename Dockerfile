# syntax=docker/dockerfile:1
# Earshot in one small image. Nobody has built it yet: see docs/operations.md.
#   docker build -t earshot .
#   docker run -p 127.0.0.1:3000:3000 -v earshot:/data -v /srv/music:/music:ro earshot

FROM node:22-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
ENV EARSHOT_CACHE=/cache CARGO_TARGET_DIR=/cache/target
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm

# The tools change with Cargo.lock only.
WORKDIR /earshot
COPY Cargo.lock ./
COPY script script
RUN script/bootstrap

COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/cache/target \
    script/build-site \
    && cargo build --release --locked --package server \
    && cp /cache/target/release/earshot /usr/local/bin/earshot

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin earshot \
    && install -d -o earshot -g earshot -m 0700 /data
COPY --from=build /usr/local/bin/earshot /usr/local/bin/earshot
COPY LICENSE public/LICENSES.md /usr/share/doc/earshot/

# As environment rather than arguments, so that `docker exec earshot earshot admin grant NAME` finds the same server.
# The address is how a browser on the same machine reaches it; give your own for anything else.
ENV EARSHOT_SERVER_LISTEN=0.0.0.0:3000 \
    EARSHOT_SERVER_DATA=/data \
    EARSHOT_LIBRARY_FOLDERS='["/music"]' \
    EARSHOT_SITE_PUBLIC_URL=http://localhost:3000

USER earshot
WORKDIR /data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD curl -fsS http://localhost:3000/readyz || exit 1
ENTRYPOINT ["earshot"]
