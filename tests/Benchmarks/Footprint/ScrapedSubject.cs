namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>A monitoring agent from Debian in its packages' own configuration, scraped every 15 seconds as Prometheus does by custom.</summary>
internal sealed class ScrapedSubject : Subject
{
    private static readonly TimeSpan ScrapeInterval = TimeSpan.FromSeconds(15);

    private readonly string[] _packages;
    private readonly string _program;
    private readonly string _scrapePath;
    private readonly Func<int, string, IReadOnlyList<string>> _arguments;

    private ScrapedSubject(string name, string program, string scrapePath, string[] packages, Func<int, string, IReadOnlyList<string>> arguments)
    {
        Name = name;
        _program = program;
        _scrapePath = scrapePath;
        _packages = packages;
        _arguments = arguments;
    }

    public override string Name { get; }

    public override string Condition => $"from Debian, default configuration; {_scrapePath} read every {ScrapeInterval.TotalSeconds:0} s";

    public static ScrapedSubject NodeExporter() => new(
        "prometheus-node-exporter",
        "/usr/bin/prometheus-node-exporter",
        "/metrics",
        ["prometheus-node-exporter"],
        (port, _) => [FormattableString.Invariant($"--web.listen-address=127.0.0.1:{port}"), "--log.level=error"]);

    // Only where it listens and writes is changed: its default port and folders may belong to an installation of this machine.
    public static ScrapedSubject Netdata() => new(
        "netdata",
        "/usr/sbin/netdata",
        "/api/v1/allmetrics?format=prometheus",
        ["netdata-core", "netdata-plugins-bash", "netdata-web", "netdata"],
        (port, folder) =>
        [
            "-D", "-i", "127.0.0.1", "-p", FormattableString.Invariant($"{port}"), "-P", Path.Combine(folder, "netdata.pid"),
            .. Setting("global", "run as user", Environment.UserName),
            .. Setting("directories", "cache", folder), .. Setting("directories", "lib", folder), .. Setting("directories", "log", folder),
        ]);

    public override async Task<string?> PrepareAsync(TextWriter progress, CancellationToken cancellationToken)
    {
        if (File.Exists(_program))
        {
            return null;
        }

        if (Environment.UserName != "root")
        {
            return $"{Name} isn't installed. Install it with: sudo apt-get install --no-install-recommends {string.Join(' ', _packages)}";
        }

        await progress.WriteLineAsync($"{Name} isn't installed on this machine. Installing the Debian packages {string.Join(", ", _packages)}; they stay installed.");

        // In run level 1 Debian's scripts install a service without starting it.
        string[] arguments =
        [
            "RUNLEVEL=1", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", .. _packages,
        ];
        var (exitCode, output) = await ChildProcess.RunAsync("env", arguments, cancellationToken);
        return exitCode == 0 && File.Exists(_program) ? null : $"Couldn't install {Name}:\n{output}";
    }

    public override long MeasureDiskBytes() => _packages.Sum(DiskUse.OfPackage);

    public override LaunchPlan Plan(int port, string folder) => new(_program, _arguments(port, folder));

    public override async Task AskAsync(HttpClient client, Uri address, string folder, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync(new Uri(address, _scrapePath), HttpCompletionOption.ResponseContentRead, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public override async Task ListenAsync(WireCounter wire, Uri address, string folder, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(wire.Handler, disposeHandler: false);
        client.DefaultRequestHeaders.AcceptEncoding.Add(new("gzip"));
        using var timer = new PeriodicTimer(ScrapeInterval);
        do
        {
            await AskAsync(client, address, folder, cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static string[] Setting(string section, string name, string value) => ["-W", "set", section, name, value];
}
