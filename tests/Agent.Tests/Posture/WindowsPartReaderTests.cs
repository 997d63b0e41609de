using WsusDashboard.Agent.Posture;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Posture;

public sealed class WindowsPartReaderTests
{
    private const string Version = @"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
    private const string Restart = @"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending";

    private readonly FakeEdges _edges = new() { Wmi = (_, _) => [FakeEdges.Row(("HotFixID", "KB5070884")), FakeEdges.Row(("HotFixID", "File 1")), FakeEdges.Row(("HotFixID", " kb5031364 "))] };

    public WindowsPartReaderTests()
    {
        Set("ProductName", "Windows Server 2022 Standard");
        Set("EditionID", "ServerStandard");
        Set("InstallationType", "Server Core");
        Set("CurrentBuildNumber", "20348");
    }

    [Fact]
    public async Task ReadAsync_AServer_HasItsWholeVersion()
    {
        Set("UBR", 4297);

        var part = await ReadAsync();

        Assert.Equal(("Windows Server 2022 Standard", "ServerStandard", "Server Core", 20348, 4297), (part.ProductName, part.EditionId, part.InstallationType, part.Build, part.Revision));
        Assert.Equal((RevisionSource.UpdateBuildRevision, "", "", false), (part.RevisionSource, part.RevisionProblem, part.Problem, part.IsRestartPending));
        Assert.Equal(["KB5070884", "KB5031364"], part.Updates);
    }

    [Theory]
    [InlineData("20348.859.amd64fre.fe_release_svc_prod2.220707-1832", 859, RevisionSource.BuildLab)]
    [InlineData("17763.859.amd64fre", null, RevisionSource.Unknown)]
    [InlineData("20348", null, RevisionSource.Unknown)]
    [InlineData("20348.x", null, RevisionSource.Unknown)]
    public async Task ReadAsync_WithoutUbr_TakesBuildLabWhereItIsOfTheBuild(string lab, int? revision, RevisionSource source)
    {
        Set("BuildLabEx", lab);

        var part = await ReadAsync();

        Assert.Equal((revision, source), (part.Revision, part.RevisionSource));
        Assert.Equal(revision is null, part.RevisionProblem.Length > 0);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData("4297")]
    public async Task ReadAsync_AUbrThatIsNoRevision_IsNotTaken(object ubr)
    {
        Set("UBR", ubr);

        var part = await ReadAsync();

        Assert.Null(part.Revision);
        Assert.Contains($"{ubr}", part.RevisionProblem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("twenty")]
    [InlineData("99999999")]
    public async Task ReadAsync_ABuildThatIsNone_SaysSo(string build)
    {
        Set("CurrentBuildNumber", build);

        var part = await ReadAsync();

        Assert.Equal(0, part.Build);
        Assert.NotEqual("", part.Problem);
    }

    [Fact]
    public async Task ReadAsync_ARestartIsOwed_IsSeenByTheKeyAlone()
    {
        _edges.Values[(Restart, "anything")] = 1;

        Assert.True((await ReadAsync()).IsRestartPending);
    }

    [Fact]
    public async Task ReadAsync_UpdatesAreRefused_KeepsTheBuild()
    {
        _edges.Wmi = (_, _) => throw new EdgeException(ReadFailure.AccessDenied, "Access is denied.");

        var part = await ReadAsync();

        Assert.Equal((20348, "Access is denied."), (part.Build, part.UpdatesProblem));
    }

    [Fact]
    public void ReadProtocols_ValuesAndTheirAbsence_AreToldApart()
    {
        const string Tls = @"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2";
        _edges.Values[($@"{Tls}\Client", "Enabled")] = -1;
        _edges.Values[($@"{Tls}\Server", "Enabled")] = 0;
        _edges.Values[(@"SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319", "SchUseStrongCrypto")] = 1;

        var part = Reader().ReadProtocols();

        Assert.Equal((true, false, null, true, null), (part.ClientEnabled, part.ServerEnabled, part.ClientDisabledByDefault, part.StrongCrypto32, part.StrongCrypto));
    }

    private WindowsPartReader Reader() => new(_edges, _edges, TimeProvider.System);

    private Task<WindowsPart> ReadAsync() => Reader().ReadAsync(TestContext.Current.CancellationToken);

    private void Set(string name, object value) => _edges.Values[(Version, name)] = value;
}
