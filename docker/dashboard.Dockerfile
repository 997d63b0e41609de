# The dashboard. Build from the repository's root:
# docker build -f docker/dashboard.Dockerfile -t wsusdashboard-dashboard .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Dashboard -c Release -o /out --nologo

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /out .
# The image's own unprivileged user owns the data and nothing else.
RUN mkdir /data && chown $APP_UID:$APP_UID /data
USER $APP_UID
VOLUME /data
ENV Dashboard__DataDirectory=/data
# The image has bash but no curl; the check reads the status line of the readiness page.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${Dashboard__Port:-5080}; printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3; head -1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["dotnet", "WsusDashboard.Dashboard.dll"]
