using System.Net;
using System.Net.Sockets;
using Microsoft.Data.SqlClient;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Wsus;

/// <summary>Where SUSDB is, how it is asked, and how its rows are read.</summary>
public sealed class SusdbTests
{
    private static readonly Guid RunId = new("11111111-2222-3333-4444-555555555555");

    private readonly FakeEdges _edges = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(@"MICROSOFT##WID", @"np:\\.\pipe\MICROSOFT##WID\tsql\query")]
    [InlineData(@"SUP01\Microsoft##WID", @"np:\\.\pipe\MICROSOFT##WID\tsql\query")]
    [InlineData(@"SUP01\MICROSOFT##SSEE", @"np:\\.\pipe\MSSQL$MICROSOFT##SSEE\sql\query")]
    [InlineData(@"SQL01\WSUS", @"SQL01\WSUS")]
    [InlineData("SQL01,1444", "SQL01,1444")]
    public void FindDatabase_RegistryNamesIt_IsThePipeOrTheServer(string registered, string server)
    {
        Register(registered);

        Assert.Equal(new SusdbAddress(server, "SUSDB", IsEncrypted: false), new WsusRegistry(_edges, new AgentOptions()).FindDatabase());
    }

    [Fact]
    public void FindDatabase_OptionNamesIt_ComesBeforeTheRegistry()
    {
        Register("MICROSOFT##WID");

        Assert.Equal(new SusdbAddress("SQL02", "SUSDB", IsEncrypted: true), new WsusRegistry(_edges, new AgentOptions { SusdbServer = "SQL02", SusdbEncrypt = true }).FindDatabase());
    }

    [Fact]
    public async Task ReadCountsAsync_RegistryValueMissing_SaysWhichAndWhatToDo()
    {
        var exception = await Assert.ThrowsAsync<EdgeException>(() => Reader().ReadCountsAsync(Token));

        Assert.Equal(ReadFailure.NotFound, exception.Failure);
        Assert.Contains("SqlServerName", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Agent:SusdbServer", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ConnectionString_AnyDatabase_IsReadOnlyByIntentWithShortWaits(bool isEncrypted)
    {
        var built = new SqlConnectionStringBuilder(SqlSusdb.ConnectionString(new SusdbAddress("SQL01", "SUSDB", isEncrypted)));

        Assert.Equal(ApplicationIntent.ReadOnly, built.ApplicationIntent);
        Assert.Equal(isEncrypted ? SqlConnectionEncryptOption.Mandatory : SqlConnectionEncryptOption.Optional, built.Encrypt);
        Assert.True(built is { IntegratedSecurity: true, TrustServerCertificate: false, Pooling: false, ConnectTimeout: 5, UserID: "", Password: "" });
    }

    [Fact]
    public async Task ReadHistoryAsync_Events_AreRunsWithTheIdsOfWsus()
    {
        Register("MICROSOFT##WID");
        _edges.Susdb = _ =>
        [
            [RunId, (short)382, new DateTime(2026, 1, 5, 5, 0, 0), 0, null],
            [Guid.NewGuid().ToString(), 386, new DateTime(2026, 1, 5, 5, 9, 0), -2145107941, "<ArrayOfString><string>The proxy</string><string>refused</string></ArrayOfString>"],
        ];

        var run = Assert.Single(await Reader().ReadHistoryAsync(DateTimeOffset.UnixEpoch, Token));

        Assert.Equal("wsus-11111111222233334444555555555555", run.Id);
        Assert.Equal(new DateTimeOffset(2026, 1, 5, 5, 0, 0, TimeSpan.Zero), run.StartedAt);
        Assert.Equal((SyncResult.Failed, "The proxy refused", -2145107941L), (run.Result, run.ErrorText, run.ErrorCode));
    }

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("<broken", "<broken")]
    [InlineData("", "")]
    public async Task ReadHistoryAsync_TextInAnotherForm_IsTakenAsItIs(string stored, string text)
    {
        Register("MICROSOFT##WID");
        _edges.Susdb = _ => [[RunId, 381, new DateTime(2026, 1, 5, 5, 0, 0), 0, null], [Guid.NewGuid(), 386, new DateTime(2026, 1, 5, 5, 9, 0), 1, stored]];

        Assert.Equal(text, Assert.Single(await Reader().ReadHistoryAsync(DateTimeOffset.UnixEpoch, Token)).ErrorText);
    }

    [Fact]
    public async Task ReadHistoryAsync_OtherColumns_IsMalformed()
    {
        Register("MICROSOFT##WID");
        _edges.Susdb = _ => [["one", "two"]];

        Assert.Equal(ReadFailure.Malformed, (await Assert.ThrowsAsync<EdgeException>(() => Reader().ReadHistoryAsync(DateTimeOffset.UnixEpoch, Token))).Failure);
    }

    [Fact]
    public async Task SqlSusdb_NobodyListens_IsUnavailableWithTheRawError()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        var exception = await Assert.ThrowsAsync<EdgeException>(
            () => new SqlSusdb().QueryAsync(new SusdbAddress($"tcp:127.0.0.1,{port}", "SUSDB", IsEncrypted: false), SusdbStatement.ComputerCount, default, Token));

        Assert.Equal(ReadFailure.Unavailable, exception.Failure);
        Assert.Contains("SQL error", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1,{port}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SqlSusdb_PipeOnAnotherSystem_SaysOnlyOnWindows()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "This is Windows; the pipe may exist.");

        var exception = await Assert.ThrowsAsync<EdgeException>(
            () => new SqlSusdb().QueryAsync(new SusdbAddress(@"np:\\.\pipe\MICROSOFT##WID\tsql\query", "SUSDB", IsEncrypted: false), SusdbStatement.ComputerCount, default, Token));

        Assert.Equal(ReadFailure.OnlyOnWindows, exception.Failure);
    }

    private SusdbReader Reader() => new(new WsusRegistry(_edges, new AgentOptions()), _edges);

    private void Register(string server) => _edges.Values[(WsusRegistry.SetupKey, "SqlServerName")] = server;
}
