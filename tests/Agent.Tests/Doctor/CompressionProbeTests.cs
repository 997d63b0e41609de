using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Tests.Iis;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Doctor;

/// <summary>What the doctor says about the compression libraries that IIS loads into every worker.</summary>
public sealed class CompressionProbeTests : IDisposable
{
    private const string Suscomp = @"C:\Program Files\Update Services\WebServices\suscomp.dll";

    private readonly TempFolder _folder = new();
    private readonly FakeEdges _edges = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(LibraryBytes.X64, "", ProbeState.Attention, "64-bit")]
    [InlineData(LibraryBytes.X64, "integratedMode", ProbeState.Attention, "64-bit")]
    [InlineData(LibraryBytes.X64, "bitness64", ProbeState.Works, "64-bit")]
    [InlineData(LibraryBytes.X86, "", ProbeState.Works, "32-bit")]
    public async Task Examine_Scheme_ShowsPathBitnessAndPrecondition(ushort machine, string preCondition, ProbeState state, string bitness)
    {
        _edges.Files[Suscomp] = LibraryBytes.Of(machine);

        var outcome = await ExamineAsync($"""<scheme name="xpress" dll="{Suscomp}" preCondition="{preCondition}" />""");

        Assert.Equal(state, outcome.State);
        Assert.All(["xpress", Suscomp, bitness, preCondition.Length == 0 ? "none" : preCondition], part => Assert.Contains(part, outcome.Summary, StringComparison.Ordinal));
        Assert.Equal(state is ProbeState.Attention, outcome.Advice.Contains("500.19", StringComparison.Ordinal));
        Assert.Equal(Suscomp, Assert.Single(Assert.IsType<IEnumerable<CompressionScheme>>(outcome.Reading, exactMatch: false)).Library);
    }

    [Fact]
    public async Task Examine_LibraryThatBothKindsOfWorkersHave_Works()
    {
        _edges.Files[@"C:\Windows\System32\inetsrv\gzip.dll"] = LibraryBytes.Of(LibraryBytes.X64);
        _edges.Files[@"C:\Windows\SysWOW64\inetsrv\gzip.dll"] = LibraryBytes.Of(LibraryBytes.X86);

        var outcome = await ExamineAsync("""<scheme name="gzip" dll="%windir%\System32\inetsrv\gzip.dll" />""");

        Assert.Equal(ProbeState.Works, outcome.State);
        Assert.Contains("64-bit", outcome.Summary, StringComparison.Ordinal);
        Assert.Contains("32-bit", outcome.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examine_LibraryThatIsNotThere_NeedsAttention() =>
        Assert.Equal(ProbeState.Attention, (await ExamineAsync($"""<scheme name="xpress" dll="{Suscomp}" />""")).State);

    [Fact]
    public async Task Examine_LibraryThatMayNotBeRead_NeedsAttentionAndSaysWhy()
    {
        _edges.Files[Suscomp] = null;

        var outcome = await ExamineAsync($"""<scheme name="xpress" dll="{Suscomp}" />""");

        Assert.Equal(ProbeState.Attention, outcome.State);
        Assert.Contains("access is denied", outcome.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examine_DamagedSection_IsRefused()
    {
        var outcome = await ExamineAsync("""<scheme name="xpress" />""");

        Assert.Equal(ProbeState.Refused, outcome.State);
        Assert.NotEmpty(outcome.Advice);
    }

    [Fact]
    public async Task Examine_MoreSchemesThanAreRead_NeedsAttention()
    {
        _edges.Files[Suscomp] = LibraryBytes.Of(LibraryBytes.X86);

        var outcome = await ExamineAsync(string.Concat(Enumerable.Range(0, 40).Select(number => $"""<scheme name="s{number}" dll="{Suscomp}" />""")));

        Assert.Equal(ProbeState.Attention, outcome.State);
        Assert.Single(_edges.FilesRead.Distinct());
    }

    [Fact]
    public async Task Examine_NoSchemes_Works() => Assert.Equal(ProbeState.Works, (await ExamineAsync("")).State);

    private async Task<ProbeOutcome> ExamineAsync(string schemes)
    {
        await File.WriteAllTextAsync(
            _folder.File("applicationHost.config"),
            $"""
            <configuration>
              <system.applicationHost><applicationPools><add name="WsusPool" /></applicationPools><sites /></system.applicationHost>
              <system.webServer><httpCompression>{schemes}</httpCompression></system.webServer>
            </configuration>
            """,
            TestContext.Current.CancellationToken);
        var options = new AgentOptions { DataDirectory = _folder.Path, ComputerName = "SUP01", Port = 1, ApplicationHostConfig = _folder.File("applicationHost.config") };
        var report = await ServerExamination.RunAsync(options, [], _edges.ToEdges(), new FakeTimeProvider(), isForReport: false, TestContext.Current.CancellationToken);
        return report.Results.Single(result => result.Edge == "compression schemes").Outcome;
    }
}
