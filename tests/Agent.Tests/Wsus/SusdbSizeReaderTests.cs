using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Wsus;

public sealed class SusdbSizeReaderTests
{
    private readonly SettableClock _time = new(new DateTimeOffset(2026, 1, 20, 6, 0, 0, TimeSpan.Zero));
    private readonly FakeEdges _edges = new();
    private readonly SusdbSizeReader _reader;
    private string _edition = "Windows Internal Database (64-bit)";
    private string _version = "12.0.2000.8";
    private IReadOnlyList<IReadOnlyList<object?>>? _licenses = [[310L, 4L]];

    public SusdbSizeReaderTests()
    {
        _edges.Values[(WsusRegistry.SetupKey, "SqlServerName")] = "MICROSOFT##WID";
        _edges.Susdb = statement => statement == SusdbStatement.Files
            ? [[8_388_608L, _edition, _version]]
            : statement == SusdbStatement.LicenseFiles ? _licenses ?? throw new EdgeException(ReadFailure.Malformed, "Invalid column name.")
            : [["tbUpdate", 17_000L], ["tbEventInstance", 1_200_000L]];
        _reader = new SusdbSizeReader(new WsusRegistry(_edges, new AgentOptions()), _edges, _time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_Answers_GivesSizeAndRows()
    {
        await _reader.ReadAsync(Token);

        Assert.Equal(
            new DatabaseSize { ReadAt = _time.GetUtcNow(), DataKilobytes = 8_388_608, Edition = _edition, Updates = 17_000, Events = 1_200_000, LicenseFiles = 310, MissingLicenseFiles = 4 },
            _reader.Last);
    }

    [Fact]
    public async Task ReadAsync_SusdbWithoutTheseColumns_StillGivesItsSize()
    {
        _licenses = null;

        await _reader.ReadAsync(Token);

        Assert.Equal((8_388_608, null, null, ""), (_reader.Last?.DataKilobytes, _reader.Last?.LicenseFiles, _reader.Last?.MissingLicenseFiles, _reader.Problem));
    }

    [Theory]
    [InlineData("Express Edition (64-bit)", "15.0.2000.5", 10L * 1024 * 1024)]
    [InlineData("Express Edition with Advanced Services (64-bit)", "16.0.1000.6", 10L * 1024 * 1024)]
    [InlineData("Express Edition (64-bit)", "17.0.1000.7", 50L * 1024 * 1024)]
    [InlineData("Express Edition (64-bit)", "", 10L * 1024 * 1024)]
    [InlineData("Standard Edition (64-bit)", "15.0.2000.5", null)]
    [InlineData("Windows Internal Database (64-bit)", "12.0.2000.8", null)]
    public async Task ReadAsync_Editions_HaveTheirLimits(string edition, string version, long? limit)
    {
        (_edition, _version) = (edition, version);

        await _reader.ReadAsync(Token);

        Assert.Equal(limit, _reader.Last?.LimitKilobytes);
    }

    [Fact]
    public async Task ReadAsync_WithinTheHour_AsksNothing()
    {
        await _reader.ReadAsync(Token);
        var asked = _edges.SusdbQueries.Count;
        _time.Advance(TimeSpan.FromMinutes(59));
        await _reader.ReadAsync(Token);
        Assert.Equal(asked, _edges.SusdbQueries.Count);

        _time.Advance(TimeSpan.FromMinutes(1));
        await _reader.ReadAsync(Token);

        Assert.Equal(asked * 2, _edges.SusdbQueries.Count);
    }

    [Fact]
    public async Task ReadAsync_RefusedLater_KeepsTheLastAndSaysWhy()
    {
        await _reader.ReadAsync(Token);
        _edges.Susdb = _ => throw new EdgeException(ReadFailure.AccessDenied, "denied");
        _time.Advance(TimeSpan.FromHours(1));

        await _reader.ReadAsync(Token);

        Assert.Equal((8_388_608, "denied"), (_reader.Last?.DataKilobytes, _reader.Problem));
    }

    [Fact]
    public async Task ReadAsync_AnswerOfAnotherForm_IsSaidToBe()
    {
        _edges.Susdb = _ => [["x"]];

        await _reader.ReadAsync(Token);

        Assert.Null(_reader.Last);
        Assert.NotEmpty(_reader.Problem);
    }

    [Theory]
    [InlineData("MICROSOFT##WID", "MSSQL$MICROSOFT##WID")]
    [InlineData("BRN-SQL01", "MSSQLSERVER")]
    [InlineData("BRN-SQL01,1433", "MSSQLSERVER")]
    [InlineData(@"BRN-WSUS02\SQLExpress", "MSSQL$SQLEXPRESS")]
    [InlineData(@"BRN-WSUS02\x' or 'a'='a", null)]
    [InlineData("", null)]
    public void FindDatabaseService_EveryAddress_GivesTheNameItWritesEventsUnder(string server, string? service)
    {
        _edges.Values[(WsusRegistry.SetupKey, "SqlServerName")] = server;

        Assert.Equal(service, new WsusRegistry(_edges, new AgentOptions()).FindDatabaseService());
    }
}
