using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using WsusDashboard.Benchmarks.Footprint;

namespace WsusDashboard.Benchmarks.Fleet.Hubs;

/// <summary>A real dashboard as a process of its own.</summary>
internal sealed class HubProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestSignIn = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HealthInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(50);

    private readonly ChildProcess _process;
    private readonly string _memoryFile;

    private HubProcess(ChildProcess process, Uri address, string token, string memoryFile, long startedAt)
    {
        (_process, Address, Token, _memoryFile, StartedAt) = (process, address, token, memoryFile, startedAt);
        var handler = new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false };
        Browser = new(handler) { BaseAddress = address };
    }

    public Uri Address { get; }

    /// <summary>Opens the API and the hub for outside clients.</summary>
    public string Token { get; }

    /// <summary>Timestamp of the start.</summary>
    public long StartedAt { get; }

    public CookieContainer Cookies { get; } = new();

    /// <summary>Signed in after <see cref="SignInAsync"/>.</summary>
    public HttpClient Browser { get; }

    public ProcessUse Use => ProcessTree.Read(_process.Id);

    public ManagedMemory Memory => File.Exists(_memoryFile) ? ManagedMemory.Read(_memoryFile) : default;

    /// <summary>All that it wrote, for a failure.</summary>
    public string Output => _process.Output;

    /// <summary>Of the operating system.</summary>
    public int Id => _process.Id;

    /// <param name="database">Its folder and database.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="joinToken">Of another dashboard on the same database; null = it has its keys.</param>
    /// <param name="agentPort">For agents that connect themselves; 0 = it has none.</param>
    /// <param name="publicAddress">That of a proxy in front of it; null = none.</param>
    /// <param name="program">The assembly of another build; null = the one beside this program.</param>
    public static async Task<HubProcess> StartAsync(HubDatabase database, CancellationToken cancellationToken, string? joinToken = null, int agentPort = 0, Uri? publicAddress = null, string? program = null)
    {
        var token = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var port = FreePort();
        var memoryFile = Path.Combine(database.Folder, "benchmark-memory.txt");
        List<KeyValuePair<string, string?>> options =
        [
            .. database.Options(),
            new("Dashboard:Port", port.ToString(CultureInfo.InvariantCulture)),
            new("Dashboard:ListenAddress", "127.0.0.1"),
            new("Dashboard:EnrolmentPort", agentPort.ToString(CultureInfo.InvariantCulture)),
            new("Dashboard:Api:Token", token),
            new("Dashboard:Api:RequestsPerMinute", "1000000"),
            new("Dashboard:SignIn:AttemptsPerMinute", "100000"),
            new("Logging:LogLevel:Default", "Error"),
            .. joinToken is null ? (IEnumerable<KeyValuePair<string, string?>>)[] : [new("Dashboard:Join:Token", joinToken)],
            .. publicAddress is null ? (IEnumerable<KeyValuePair<string, string?>>)[] : [new("Dashboard:PublicAddress", publicAddress.GetLeftPart(UriPartial.Authority))],
        ];
        var assembly = program ?? Path.Combine(AppContext.BaseDirectory, "WsusDashboard.Dashboard.dll");
        var environment = new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = typeof(HubProcess).Assembly.Location, [ManagedMemory.FileVariable] = memoryFile };
        var startedAt = Stopwatch.GetTimestamp();
        var process = ChildProcess.Start("dotnet", [assembly, .. options.Select(option => $"--{option.Key}={option.Value}")], environment);
        var hub = new HubProcess(process, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")), token, memoryFile, startedAt);
        await hub.WaitUntilAnsweringAsync(cancellationToken);
        return hub;
    }

    /// <summary>Signs in; a dashboard whose database is busy with a fleet that has just come up is asked again.</summary>
    /// <param name="link">A link that signs in, without host.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task SignInAsync(string link, CancellationToken cancellationToken)
    {
        var startedAt = Stopwatch.GetTimestamp();
        while (true)
        {
            using var answer = await Browser.GetAsync(new Uri(link, UriKind.Relative), cancellationToken);
            if (answer.StatusCode is HttpStatusCode.Redirect && Cookies.Count > 0)
            {
                return;
            }

            if (answer.StatusCode is not HttpStatusCode.ServiceUnavailable || Stopwatch.GetElapsedTime(startedAt) > LongestSignIn)
            {
                throw new BenchmarkFailure($"The link to sign in was answered with {(int)answer.StatusCode}.");
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    /// <summary>A token with which another dashboard joins this one.</summary>
    public async Task<string> MakeJoinTokenAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/v1/hub/join-tokens", UriKind.Relative));
        request.Headers.Authorization = new("Bearer", Token);
        using var answer = await Browser.SendAsync(request, cancellationToken);
        return answer.IsSuccessStatusCode
            ? (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("token").GetString()!
            : throw new BenchmarkFailure($"The request for a token to join was answered with {(int)answer.StatusCode}.");
    }

    /// <summary>Asks /health/live four times a second until it is cancelled.</summary>
    /// <returns>The longest that it took, and how many had no good answer within two seconds.</returns>
    public async Task<(TimeSpan Slowest, int Failed)> WatchHealthAsync(CancellationToken ending)
    {
        var (slowest, failed) = (TimeSpan.Zero, 0);
        using var asking = new HttpClient { BaseAddress = Address, Timeout = HealthLimit };
        using var timer = new PeriodicTimer(HealthInterval);
        while (!ending.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                using var answer = await asking.GetAsync(new Uri("health/live", UriKind.Relative), CancellationToken.None);
                failed += answer.IsSuccessStatusCode ? 0 : 1;
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                failed++;
            }

            slowest = Stopwatch.GetElapsedTime(began) is var took && took > slowest ? took : slowest;
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        return (slowest, failed);
    }

    /// <summary>Ends it without a chance to tidy up.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await _process.StopAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitUntilAnsweringAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var answer = await Browser.GetAsync(new Uri("health/live", UriKind.Relative), cancellationToken);
                return;
            }
            catch (HttpRequestException) when (clock.Elapsed < StartLimit && !_process.HasExited)
            {
                await Task.Delay(AskInterval, cancellationToken);
            }
            catch (HttpRequestException exception)
            {
                throw new BenchmarkFailure($"The dashboard does not answer. It wrote: {Output}", exception);
            }
        }
    }
}
