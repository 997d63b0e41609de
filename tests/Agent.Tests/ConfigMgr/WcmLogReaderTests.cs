using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.ConfigMgr;

/// <summary>Lines as Microsoft's pages and public reports show them.</summary>
public sealed class WcmLogReaderTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 1, 5, 6, 12, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private readonly WcmLogReader _reader;
    private int _lines;

    public WcmLogReaderTests() => _reader = new WcmLogReader(new ConfigMgrFolder(new FakeEdges(), new AgentOptions { ConfigMgrLogDirectory = _folder.Path }));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_NoLogOrNoWordOfIt_IsNull()
    {
        Assert.Null(_reader.Read());
        Write("Waiting for changes for 46 minutes");

        Assert.Null(_reader.Read());
    }

    [Fact]
    public void Read_SubscriptionRefused_NamesTheCategoriesAndTheLine()
    {
        Write("Setting new configuration state to 2 (WSUS_CONFIG_SUCCESS)");
        Write("Setting new configuration state to 4 (WSUS_CONFIG_SUBSCRIPTION_PENDING)");
        Write("Successfully connected to server: BRN-WSUS02.corp.example, port: 8530, useSSL: False");
        Write("Category Product:e244170c-ed31-e94b-172a-fcc94c0541ea (Contoso Reader (64-bit)) not found on WSUS");
        Write("Category Product:e244170c-ed31-e94b-172a-fcc94c0541ea (Contoso Reader (64-bit)) not found on WSUS");
        Write("Category Company:11111111-ed31-e94b-172a-fcc94c0541ea not found on WSUS");
        Write("Subscription contains categories unknown to WSUS.");
        Write("Failed to set Subscriptions on the WSUS Server. Error:(-2147467259)Unspecified error");
        Write("Setting new configuration state to 3 (WSUS_CONFIG_FAILED)");

        var read = _reader.Read()!;

        Assert.Equal((WsusConfiguration.Failed, At.AddMinutes(9)), (read.State, read.At));
        Assert.Equal(["Contoso Reader (64-bit)", "Company:11111111-ed31-e94b-172a-fcc94c0541ea"], read.UnknownCategories);
        Assert.Equal("Failed to set Subscriptions on the WSUS Server. Error:(-2147467259)Unspecified error", read.Problem);
    }

    [Fact]
    public void Read_SucceededSince_HasNothingToComplainOf()
    {
        Write("Category Product:e244170c-ed31-e94b-172a-fcc94c0541ea (Contoso Reader) not found on WSUS");
        Write("System.Net.WebException: The request failed with HTTP status 503: Service Unavailable.");
        Write("Setting new configuration state to 2 (WSUS_CONFIG_SUCCESS)");
        Assert.Equal((2, "", 0), Read());

        Write("System.Net.WebException: The request failed with HTTP status 407: Proxy Authentication Required.");

        Assert.Equal((2, "System.Net.WebException: The request failed with HTTP status 407: Proxy Authentication Required.", 0), Read());
    }

    [Fact]
    public void Read_LogThatGrows_IsReadAnewAndOneThatIsGoneIsForgotten()
    {
        Write("Setting new configuration state to 1 (WSUS_CONFIG_PENDING)");
        Assert.Equal(1, _reader.Read()?.State);
        Assert.Same(_reader.Read(), _reader.Read());
        Write("Setting new configuration state to 3 (WSUS_CONFIG_FAILED)");
        Assert.Equal(3, _reader.Read()?.State);

        File.Delete(_folder.File("WCM.log"));

        Assert.Null(_reader.Read());
    }

    [Fact]
    public void Read_ManyCategoriesInALongLog_StaysBounded()
    {
        File.WriteAllText(_folder.File("WCM.log"), "Setting new configuration state to 2 (WSUS_CONFIG_SUCCESS)\r\n" + string.Concat(Enumerable.Repeat("Waiting for changes\r\n", 100_000)));
        Write("Setting new configuration state to 3 (WSUS_CONFIG_FAILED)");
        for (var index = 0; index < 60; index++)
        {
            Write($"Category Product:{Guid.NewGuid()} (Product {index}) not found on WSUS");
        }

        Assert.Equal(50, _reader.Read()?.UnknownCategories.Count);
    }

    private (int State, string Problem, int Categories) Read()
    {
        var read = _reader.Read()!;
        return (read.State, read.Problem, read.UnknownCategories.Count);
    }

    private void Write(string text) =>
        File.AppendAllText(_folder.File("WCM.log"), $"{text}  $$<SMS_WSUS_CONFIGURATION_MANAGER><{At.AddMinutes(++_lines):MM-dd-yyyy HH:mm:ss.fff}+0><thread=1 (0x1)>\r\n");
}
