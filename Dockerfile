# One image for web, worker and beat; the agencies run from it too (another command).
FROM node:24-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.11-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends build-essential libpq-dev && rm -rf /var/lib/apt/lists/*
RUN python -m venv /venv
WORKDIR /app
COPY requirements.lock ./
# psycopg2 is built against the image's own libpq; the binary wheel is for laptops.
RUN /venv/bin/pip install --no-cache-dir --require-hashes --no-binary psycopg2-binary -r requirements.lock

FROM python:3.11-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpq5 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --uid 10001 portal
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PORTAL_VAR=/var/lib/portal FONTCONFIG_FILE=/var/lib/portal/fonts/fonts.conf
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=assets /app/node_modules node_modules
COPY . .
RUN mkdir -p /var/lib/portal && chown portal /var/lib/portal static
USER portal
RUN python -c "from local import assets, fonts, translations; assets.copy(); fonts.install(); translations.compile_all()"
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--no-ws", "--backpressure", "64", "portal.wsgi:application"]
