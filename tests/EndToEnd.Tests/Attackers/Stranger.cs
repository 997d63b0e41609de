using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>Somebody who has nothing but the address of a port on this computer.</summary>
/// <param name="port">The port.</param>
/// <param name="isTls">Whether what listens there speaks TLS.</param>
internal sealed class Stranger(int port, bool isTls)
{
    private const string Host = "127.0.0.1";
    private const int Many = 200;
    private const int Callers = 8;

    private static readonly TimeSpan Drip = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(10);

    // The record and the beginning of a ClientHello whose rest never comes.
    private static readonly byte[] HalfHello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03];

    private static readonly byte[][] Openings =
    [
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), "GET / HTTP/1.1\r\n"u8.ToArray(), HalfHello, "\0\0\0\0"u8.ToArray(), [],
    ];

    public IReadOnlyList<Attack> Attacks => isTls
        ? [SilentConnections, HalfHandshakes, WrongCertificates, SlowRequests, Garbage]
        : [SilentConnections, SlowRequests, Garbage];

    /// <summary>Connections over which nothing comes, all of them held.</summary>
    public Attack SilentConnections => new("silent connections", run => HoldManyAsync(run, []));

    /// <summary>Handshakes that are begun and never go on, all of them held.</summary>
    public Attack HalfHandshakes => new("half handshakes", run => HoldManyAsync(run, HalfHello));

    /// <summary>Handshakes with a key that nobody knows, or with none, and a request behind each.</summary>
    public Attack WrongCertificates => new("wrong certificates", async run =>
    {
        using var key = IdentityKey.Create("stranger", TimeProvider.System.GetUtcNow());
        await run.RepeatAsync(Callers, async part =>
        {
            using var client = new TcpClient();
            await using var tls = await OpenTlsAsync(client, part.Random.Next(2) == 0 ? key : null, run.Over);
            await tls.WriteAsync("GET /v1/info HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), run.Over);
            await ReadToEndAsync(tls, run.Over);
        });
    });

    /// <summary>Requests of which a byte comes now and then.</summary>
    public Attack SlowRequests => new("slow requests", async run =>
    {
        using var key = IdentityKey.Create("stranger", TimeProvider.System.GetUtcNow());
        await Task.WhenAll(Enumerable.Range(0, Many / 4).Select(number => run.Part(number)).Select(part => part.TryAsync(async () =>
        {
            using var client = new TcpClient();
            await using Stream stream = isTls ? await OpenTlsAsync(client, key, run.Over) : await OpenAsync(client, run.Over);
            foreach (var character in $"POST /v1/repairs HTTP/1.1\r\nHost: localhost\r\nX-Slow: {new string('x', 100_000)}")
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes([character]), run.Over);
                await Task.Delay(Drip, TimeProvider.System, run.Over);
            }
        })));
    });

    /// <summary>Bytes of any kind, some behind the beginning of something known.</summary>
    public Attack Garbage => new("garbage", run => run.RepeatAsync(Callers, async part =>
    {
        using var client = new TcpClient();
        await using var stream = await OpenAsync(client, run.Over);
        var bytes = new byte[part.Random.Next(1, 20_000)];
        part.Random.NextBytes(bytes);
        await stream.WriteAsync(Openings[part.Random.Next(Openings.Length)], run.Over);
        await stream.WriteAsync(bytes, run.Over);
        await ReadToEndAsync(stream, run.Over);
    }));

    private static async Task ReadToEndAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StepLimit);
        await stream.CopyToAsync(Stream.Null, limit.Token);
    }

    private async Task HoldManyAsync(AttackRun run, byte[] opening)
    {
        List<TcpClient> held = [];
        try
        {
            for (var number = 0; number < Many && !run.IsOver; number++)
            {
                var client = new TcpClient();
                held.Add(client);
                await run.TryAsync(async () =>
                {
                    var stream = await OpenAsync(client, run.Over);
                    await stream.WriteAsync(opening, run.Over);
                });
            }

            await run.HoldAsync();
        }
        finally
        {
            held.ForEach(client => client.Dispose());
        }
    }

    private async Task<NetworkStream> OpenAsync(TcpClient client, CancellationToken cancellationToken)
    {
        await client.ConnectAsync(Host, port, cancellationToken);
        return client.GetStream();
    }

    private async Task<SslStream> OpenTlsAsync(TcpClient client, IdentityKey? key, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StepLimit);
        var tls = new SslStream(await OpenAsync(client, limit.Token));
        try
        {
            var options = key is not null
                ? PinnedTls.ForClient(key, _ => true)
                : new() { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null, CertificateRevocationCheckMode = X509RevocationMode.NoCheck };
            options.TargetHost = "localhost";
            await tls.AuthenticateAsClientAsync(options, limit.Token);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }
}
