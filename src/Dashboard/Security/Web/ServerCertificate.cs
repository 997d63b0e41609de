using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>
/// The certificate that browsers see. The file is looked at again at most once a minute: one that was renewed counts without a restart, one that cannot be
/// read leaves the last good one. Threading: what is handed out is replaced as a whole.
/// </summary>
internal sealed partial class ServerCertificate
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(1);

    private readonly DashboardOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly Lock _lock = new();
    private Loaded _loaded;
    private long _lookedAt;

    private ServerCertificate(DashboardOptions options, TimeProvider timeProvider, Loaded loaded) => (_options, _timeProvider, _loaded, _lookedAt) = (options, timeProvider, loaded, timeProvider.GetTimestamp());

    /// <summary>The names that it is good for; a star stands for one label.</summary>
    public IReadOnlyList<string> Names => _loaded.Names;

    /// <summary>Neither where the options name none; a problem where it can't be used.</summary>
    public static (ServerCertificate? Certificate, string? Problem) Open(DashboardOptions options, TimeProvider timeProvider)
    {
        if (options.Https.CertificateFile.Length == 0)
        {
            var isIncomplete = options.Https.KeyFile.Length > 0 || !options.Https.Password.IsEmpty;
            return (null, isIncomplete ? $"{DashboardOptions.KeyOf(options.Https.CertificateFile)} is empty, but its key or password is set. Allowed: the certificate's file." : null);
        }

        var (loaded, problem) = Load(options, timeProvider.GetUtcNow());
        return loaded is null ? (null, problem) : (new(options, timeProvider, loaded), null);
    }

    public void Use(ListenOptions listen)
    {
        var logger = listen.ApplicationServices.GetRequiredService<ILogger<ServerCertificate>>();
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = Current(logger).Context,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            }),
        });
    }

    private Loaded Current(ILogger logger)
    {
        lock (_lock)
        {
            if (_timeProvider.GetElapsedTime(_lookedAt) >= LookAgainAfter)
            {
                _lookedAt = _timeProvider.GetTimestamp();
                if (Stamp(_options) != _loaded.Stamp)
                {
                    var (loaded, problem) = Load(_options, _timeProvider.GetUtcNow());
                    _loaded = loaded ?? _loaded;
                    if (loaded is null)
                    {
                        Log.NotTaken(logger, problem);
                    }
                }
            }

            return _loaded;
        }
    }

    private static (Loaded? Loaded, string Problem) Load(DashboardOptions options, DateTimeOffset now)
    {
        var certificateKey = DashboardOptions.KeyOf(options.Https.CertificateFile);
        foreach (var (key, file) in new[] { (certificateKey, options.Https.CertificateFile), (DashboardOptions.KeyOf(options.Https.KeyFile), options.Https.KeyFile) })
        {
            if (file.Length > 0 && !File.Exists(file))
            {
                return (null, $"{key} is \"{file}\", which doesn't exist or this account can't see. Allowed: a file with the certificate (PFX or PEM) or its key (PEM).");
            }
        }

        try
        {
            var stamp = Stamp(options);
            var (leaf, chain) = Read(options);
            if (!leaf.HasPrivateKey)
            {
                return (null, $"{certificateKey} is \"{options.Https.CertificateFile}\", which has no private key. Allowed: a PFX file with its key, or a PEM file with {DashboardOptions.KeyOf(options.Https.KeyFile)}.");
            }

            if (leaf.NotAfter.ToUniversalTime() <= now || leaf.NotBefore.ToUniversalTime() > now)
            {
                return (null, $"{certificateKey}: the certificate \"{leaf.Subject}\" in \"{options.Https.CertificateFile}\" is valid from {leaf.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} to {leaf.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC; now it's {now:yyyy-MM-dd HH:mm}. Allowed: one that is valid now.");
            }

            return (new(SslStreamCertificateContext.Create(leaf, chain, offline: true), NamesOf(leaf), stamp), "");
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The message never holds the password.
            return (null, $"{certificateKey} is \"{options.Https.CertificateFile}\", which can't be used: {exception.Message} Allowed: a PFX or PEM file, with the right {DashboardOptions.KeyOf(options.Https.Password)} if its key is encrypted.");
        }
    }

    private static (X509Certificate2 Leaf, X509Certificate2Collection Chain) Read(DashboardOptions options)
    {
        var password = options.Https.Password.IsEmpty ? null : options.Https.Password.Reveal();
        var chain = new X509Certificate2Collection();
        X509Certificate2 leaf;
        if (options.Https.KeyFile.Length > 0 || IsPem(options.Https.CertificateFile))
        {
            var keyFile = options.Https.KeyFile.Length > 0 ? options.Https.KeyFile : options.Https.CertificateFile;
            if (!File.ReadAllText(keyFile).Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            {
                return (X509CertificateLoader.LoadCertificateFromFile(options.Https.CertificateFile), chain);
            }

            using var ephemeral = password is null ? X509Certificate2.CreateFromPemFile(options.Https.CertificateFile, keyFile) : X509Certificate2.CreateFromEncryptedPemFile(options.Https.CertificateFile, password, keyFile);

            // TLS on Windows does not take a key that lives in memory alone.
            leaf = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
            chain.ImportFromPemFile(options.Https.CertificateFile);
        }
        else
        {
            var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(options.Https.CertificateFile, password);
            leaf = all.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? all.First();
            chain.AddRange(all);
        }

        return (leaf, chain);
    }

    private static bool IsPem(string file)
    {
        using var reader = new StreamReader(file);
        var head = new char[64];
        var read = reader.ReadBlock(head);
        return head.AsSpan(0, read).Contains("-----BEGIN", StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> NamesOf(X509Certificate2 certificate) =>
    [
        .. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString()))),
    ];

    private static (DateTime, DateTime) Stamp(DashboardOptions options) =>
        (File.GetLastWriteTimeUtc(options.Https.CertificateFile), options.Https.KeyFile.Length > 0 ? File.GetLastWriteTimeUtc(options.Https.KeyFile) : default);

    private sealed record Loaded(SslStreamCertificateContext Context, IReadOnlyList<string> Names, (DateTime, DateTime) Stamp);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The certificate changed, but the new one can't be used; the previous one stays in use. {Problem}")]
        public static partial void NotTaken(ILogger logger, string problem);
    }
}
