using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Logs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Contract;

namespace WsusDashboard.Dashboard.Tests.Features;

/// <summary>Many look at one log, and its agent serves one stream.</summary>
public sealed class SharedLogsTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private FakeAgent _agent = null!;
    private TestDashboard _dashboard = null!;
    private int _id;
    private int _opened;
    private int _open;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _agent = await FakeAgent.StartAsync();
        _agent.Verbs.FollowLog = (_, cancellationToken) => ServeAsync(cancellationToken);
        _dashboard = await TestDashboard.StartAsync(_folder);
        _id = await _dashboard.AddServerAsync(_agent.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _agent.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Follow_ManyViewersOfOneLog_ShareOneStreamThatEndsWithTheLast()
    {
        var viewers = new List<Viewer>();
        viewers.Add(new(_dashboard, _id));
        await viewers[0].NextAsync(Write("a"));
        for (var more = 0; more < 5; more++)
        {
            viewers.Add(new(_dashboard, _id));
            Assert.Equal("a", await viewers[^1].NextAsync());
        }

        Write("b");
        foreach (var viewer in viewers)
        {
            Assert.Equal("b", await viewer.NextAsync());
        }

        Assert.Equal((1, 1), (_opened, _open));
        foreach (var viewer in viewers.Skip(1))
        {
            await viewer.DisposeAsync();
        }

        Write("c");
        Assert.Equal("c", await viewers[0].NextAsync());
        await viewers[0].DisposeAsync();
        await Eventually.TrueAsync(() => Volatile.Read(ref _open) == 0);

        await using var next = new Viewer(_dashboard, _id);
        Write("d");
        Assert.Equal(("d", 2), (await next.NextAsync(), _opened));
    }

    [Fact]
    public async Task Follow_StreamEnds_EndsForEveryViewerAndTheNextOpensAnother()
    {
        await using var first = new Viewer(_dashboard, _id);
        await first.NextAsync(Write("a"));
        await using var second = new Viewer(_dashboard, _id);
        await second.NextAsync();

        Write("");

        Assert.Null(await first.NextAsync());
        Assert.Null(await second.NextAsync());
        await using var third = new Viewer(_dashboard, _id);
        await third.NextAsync(Write("b"));
        Assert.Equal(2, _opened);
    }

    [Fact]
    public async Task Follow_ViewerWhoMayNotSeeTheServer_GetsNoLineOfTheOpenStream()
    {
        await using var allowed = new Viewer(_dashboard, _id);
        await allowed.NextAsync(Write("secret"));
        var person = await _dashboard.AddPersonAsync("viewer", new Grant(Role.Viewer, SiteScope.Of("ZRH")));
        var token = await _dashboard.AddTokenAsync(person);

        await using var stranger = new Viewer(_dashboard, _id, new CallerIdentity(CallerKind.Token, person, token.Id, ""));

        Assert.IsType<NotFound>((await stranger.NextOutcomeAsync())?.Failure);
        Assert.Null(await stranger.NextAsync());
    }

    [Fact]
    public async Task Follow_ViewerWhoDoesNotRead_HoldsUpNobody()
    {
        await using var idle = new Viewer(_dashboard, _id);
        await idle.NextAsync(Write("0"));
        await using var reader = new Viewer(_dashboard, _id);
        await reader.NextAsync();
        for (var line = 1; line <= 2_000; line++)
        {
            Write(line.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(line.ToString(System.Globalization.CultureInfo.InvariantCulture), await reader.NextAsync());
        }

        // It gets the newest; what waited too long has gone.
        Assert.Equal("1501", await idle.NextAsync());
    }

    [Fact]
    public async Task Tail_AgentThatSendsMoreThanWasAskedFor_KeepsTheLastLinesOnly()
    {
        _agent.Verbs.Log = _ => [.. Enumerable.Range(1, 5_000).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture))];

        var tail = await TailAsync(lines: 100);

        Assert.Equal((100, "4901", "5000"), (tail.Count, tail[0].Text, tail[^1].Text));
    }

    [Fact]
    public async Task Tail_LongestLinesThatMayCome_AreBoundedInCharacters()
    {
        _agent.Verbs.Log = _ => [.. Enumerable.Repeat(new string('x', 8_000), 999), "end"];

        var tail = await TailAsync(lines: 1_000);

        Assert.Equal("end", tail[^1].Text);
        Assert.InRange(tail.Sum(line => line.Text.Length), LatestLines.MaximumCharacters - 8_000, LatestLines.MaximumCharacters);
    }

    private async Task<IReadOnlyList<LogEntry>> TailAsync(int lines) =>
        (await _dashboard.Get<SharedLogs>().TailAsync(_id, LogNames.SyncManager, lines, Eventually.Limit, Token)).Value!;

    private string Write(string line)
    {
        Assert.True(_lines.Writer.TryWrite(line));
        return line;
    }

    /// <summary>An empty line ends the stream.</summary>
    private async IAsyncEnumerable<string> ServeAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _opened);
        Interlocked.Increment(ref _open);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(cancellationToken))
            {
                if (line.Length == 0)
                {
                    yield break;
                }

                yield return line;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>One circuit that follows the log; a null is the end.</summary>
    private sealed class Viewer : IAsyncDisposable
    {
        private readonly AsyncServiceScope _scope;
        private readonly CancellationTokenSource _gone = CancellationTokenSource.CreateLinkedTokenSource(Token);
        private readonly IAsyncEnumerator<Outcome<LogEntry>> _lines;
        private bool _isOver;

        public Viewer(TestDashboard dashboard, int serverId, CallerIdentity? identity = null)
        {
            _scope = dashboard.Services.CreateOwnScope();
            if (identity is not null)
            {
                _scope.ServiceProvider.GetRequiredService<Caller>().Become(identity);
            }

            _lines = _scope.ServiceProvider.GetRequiredService<LogService>().FollowAsync(serverId, LogNames.SyncManager, 200, _gone.Token).GetAsyncEnumerator(_gone.Token);
        }

        public async Task<Outcome<LogEntry>?> NextOutcomeAsync() => await _lines.MoveNextAsync().AsTask().WaitAsync(Eventually.Limit, Token) ? _lines.Current : null;

        public async Task<string?> NextAsync() => (await NextOutcomeAsync())?.Value?.Text;

        /// <summary>Reads this line, which was just written.</summary>
        public async Task NextAsync(string expected) => Assert.Equal(expected, await NextAsync());

        public async ValueTask DisposeAsync()
        {
            if (!_isOver)
            {
                _isOver = true;
                await _lines.DisposeAsync();
                await _gone.CancelAsync();
                _gone.Dispose();
                await _scope.DisposeAsync();
            }
        }
    }
}
