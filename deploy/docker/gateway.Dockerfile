# The gateway with the built console and the member's page.
FROM node:24-alpine AS build
WORKDIR /build/console
COPY console/package.json console/package-lock.json console/.npmrc ./
RUN npm ci
COPY console ./
RUN npm run build

FROM nginx:1.28-alpine
COPY deploy/docker/gateway.conf /etc/nginx/conf.d/default.conf
COPY --from=build /build/var/console/dist /srv/meu
