using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace WsusDashboard.EndToEnd.Tests.Clusters;

/// <summary>nginx with the configuration of docker/nginx, in which ports and the certificate are those of a test.</summary>
internal sealed partial class NginxProcess : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nginx";

    private readonly TempFolder _folder = new();
    private readonly ChildProcess _process;

    private NginxProcess(Uri address, IReadOnlyList<Uri> dashboards)
    {
        Address = address;
        File.WriteAllText(_folder.File("nginx.conf"), Frame());
        File.WriteAllText(_folder.File("site.conf"), Fit(File.ReadAllText(ConfigurationPath), address, dashboards));
        WriteCertificate();
        _process = ChildProcess.Start(Program, ["-c", _folder.File("nginx.conf"), "-p", _folder.Path, "-e", _folder.File("error.log")]);
    }

    /// <summary>The one that ships.</summary>
    public static string ConfigurationPath { get; } = Path.Combine(FindRoot(), "docker", "nginx", "wsusdashboard.conf");

    /// <summary>Where people come in.</summary>
    public Uri Address { get; }

    /// <summary>Why there can be none on this machine; null where there can.</summary>
    public static string? FindObstacle() => File.Exists(Program) ? null : "nginx is not installed here (on Debian: apt-get install nginx-light).";

    public static async Task<NginxProcess> StartAsync(Uri address, IReadOnlyList<Uri> dashboards)
    {
        var nginx = new NginxProcess(address, dashboards);
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null } });
        try
        {
            await Eventually.Async(() => client.GetAsync(new Uri(address, "/health/live"), TestContext.Current.CancellationToken), answer => answer.IsSuccessStatusCode || nginx._process.HasExited);
            Assert.False(nginx._process.HasExited, nginx._process.Output);
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    /// <summary>Which dashboards were asked for what begins with this path, in the order of the answers' ends.</summary>
    public IReadOnlyList<string> AskedFor(string path) =>
    [
        .. File.ReadLines(_folder.File("access.log")).Select(line => line.Split(' ', 2)).Where(parts => parts[0].StartsWith(path, StringComparison.Ordinal)).Select(parts => parts[1].Split(',')[^1].Trim()),
    ];

    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync();
        _folder.Dispose();
    }

    private static string Fit(string configuration, Uri address, IReadOnlyList<Uri> dashboards)
    {
        var servers = dashboards.Select(dashboard => string.Create(CultureInfo.InvariantCulture, $"    server {dashboard.Authority} max_fails=1 fail_timeout=10s;"));
        var fitted = ServerLines().Replace(configuration, "").Replace("    keepalive 32;", $"{string.Join('\n', servers)}\n    keepalive 32;", StringComparison.Ordinal);
        foreach (var (shipped, own) in new[]
        {
            ("listen 443 ssl;", string.Create(CultureInfo.InvariantCulture, $"listen 127.0.0.1:{address.Port} ssl;")),
            ("server_name wsusdashboard.corp.example;", $"server_name {address.Host};"),
            ("/etc/ssl/certs/wsusdashboard.pem", "certificate.pem"),
            ("/etc/ssl/private/wsusdashboard.key", "key.pem"),
        })
        {
            Assert.Contains(shipped, fitted, StringComparison.Ordinal);
            fitted = fitted.Replace(shipped, own, StringComparison.Ordinal);
        }

        return fitted;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WsusDashboard.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests don't lie in the repository.");
        }

        return folder;
    }

    /// <summary>What Debian's nginx.conf has around a site, in the folder of this test.</summary>
    private string Frame() => $$"""
        {{(Environment.UserName == "root" ? "user root;" : "")}}
        daemon off;
        worker_processes 1;
        pid {{_folder.File("nginx.pid")}};
        error_log {{_folder.File("error.log")}} warn;
        events { worker_connections 256; }
        http {
            log_format asked '$uri $upstream_addr';
            access_log {{_folder.File("access.log")}} asked;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            include {{_folder.File("site.conf")}};
        }
        """;

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        File.WriteAllText(_folder.File("certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_folder.File("key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    [GeneratedRegex(@"^    server \d.*\n", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex ServerLines();
}
