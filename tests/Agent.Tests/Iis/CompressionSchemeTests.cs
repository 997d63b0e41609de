using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Iis;

/// <summary>The compression schemes of IIS and their libraries, as the section "iis" gives them.</summary>
public sealed class CompressionSchemeTests : IDisposable
{
    private const string Suscomp = @"C:\Program Files\Update Services\WebServices\suscomp.dll";

    private readonly TempFolder _folder = new();
    private readonly FakeEdges _edges = new();
    private readonly IisAccess _access;
    private readonly IisReader _reader;

    public CompressionSchemeTests()
    {
        var options = new AgentOptions { ApplicationHostConfig = _folder.File("applicationHost.config") };
        _access = new IisAccess(options, _edges);
        _reader = new IisReader(_access, new WsusRegistry(_edges, options), new WorkerMemory(_edges), new QueueCounters(_edges), new CompressionSchemeReader(_access, _edges), new WsusSiteSettings(_access, _edges, TimeProvider.System));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ReadAsync_SchemeOfWsus_BreaksA32BitWorker()
    {
        _edges.Files[Suscomp] = LibraryBytes.Of(LibraryBytes.X64);

        var scheme = Assert.Single((await ReadAsync($"""<scheme name="xpress" doStaticCompression="false" doDynamicCompression="true" dll="{Suscomp}" />""")).CompressionSchemes);

        Assert.Equal(("xpress", Suscomp, "", ""), (scheme.Name, scheme.Library, scheme.PreCondition, scheme.Problem));
        Assert.Equal((LibraryBitness.Bits64, LibraryBitness.Bits64), (scheme.Bitness, scheme.BitnessFor32BitWorker));
        Assert.True(scheme.Breaks32BitWorkers);
        Assert.Equal([Suscomp], _edges.FilesRead);
    }

    [Theory]
    [InlineData("bitness64", false)]
    [InlineData("integratedMode,bitness64", false)]
    [InlineData("integratedMode, Bitness64", false)]
    [InlineData("bitness32", true)]
    [InlineData("integratedMode", true)]
    [InlineData("bitness644", true)]
    public async Task ReadAsync_PreCondition_SaysWhether32BitWorkersLoadIt(string preCondition, bool breaks)
    {
        _edges.Files[Suscomp] = LibraryBytes.Of(LibraryBytes.X64);

        var scheme = Assert.Single((await ReadAsync($"""<scheme name="xpress" dll="{Suscomp}" preCondition="{preCondition}" />""")).CompressionSchemes);

        Assert.Equal(breaks, scheme.Breaks32BitWorkers);
    }

    [Theory]
    [InlineData(@"%windir%\System32\inetsrv\gzip.dll", @"C:\Windows\System32\inetsrv\gzip.dll", @"C:\Windows\SysWOW64\inetsrv\gzip.dll")]
    [InlineData(@"C:\WINDOWS\system32\inetsrv\gzip.dll", @"C:\WINDOWS\system32\inetsrv\gzip.dll", @"C:\Windows\SysWOW64\inetsrv\gzip.dll")]
    [InlineData(@"%ProgramFiles%\Update Services\WebServices\suscomp.dll", Suscomp, @"C:\Program Files (x86)\Update Services\WebServices\suscomp.dll")]
    public async Task ReadAsync_FolderThatWindowsHasTwice_IsLookedAtAsEachWorkerSeesIt(string library, string for64Bit, string for32Bit)
    {
        _edges.Files[for64Bit] = LibraryBytes.Of(LibraryBytes.X64);
        _edges.Files[for32Bit] = LibraryBytes.Of(LibraryBytes.X86);

        var scheme = Assert.Single((await ReadAsync($"""<scheme name="gzip" dll="{library}" />""")).CompressionSchemes);

        Assert.Equal((LibraryBitness.Bits64, LibraryBitness.Bits32), (scheme.Bitness, scheme.BitnessFor32BitWorker));
        Assert.False(scheme.Breaks32BitWorkers || scheme.MayBreak32BitWorkers);
    }

    [Fact]
    public async Task ReadAsync_LibraryThatStandsInSystem32Alone_IsMissingForA32BitWorker()
    {
        _edges.Files[@"C:\Windows\System32\inetsrv\suscomp.dll"] = LibraryBytes.Of(LibraryBytes.X64);

        var scheme = Assert.Single((await ReadAsync("""<scheme name="xpress" dll="%windir%\system32\inetsrv\suscomp.dll" />""")).CompressionSchemes);

        Assert.Equal((LibraryBitness.Bits64, LibraryBitness.Missing), (scheme.Bitness, scheme.BitnessFor32BitWorker));
        Assert.True(scheme.Breaks32BitWorkers);
    }

    [Theory]
    [InlineData(@"\\server\share\suscomp.dll")]
    [InlineData(@"\\.\PhysicalDrive0")]
    [InlineData(@"\\?\C:\suscomp.dll")]
    [InlineData("suscomp.dll")]
    [InlineData(@"%unknown%\suscomp.dll")]
    public async Task ReadAsync_PathThatIsNoneOfALocalDrive_IsNotFollowed(string library)
    {
        var scheme = Assert.Single((await ReadAsync($"""<scheme name="xpress" dll="{library}" />""")).CompressionSchemes);

        Assert.Empty(_edges.FilesRead);
        Assert.True(scheme is { Bitness: LibraryBitness.Unknown, Problem.Length: > 0, MayBreak32BitWorkers: true });
    }

    [Fact]
    public async Task ReadAsync_LibraryThatMayNotBeRead_IsUnknownAndTheRestIsRead()
    {
        _edges.Files[Suscomp] = null;
        _edges.Files[@"C:\Tools\other.dll"] = LibraryBytes.Of(LibraryBytes.X86);

        var state = await ReadAsync($"""<scheme name="xpress" dll="{Suscomp}" /><scheme name="other" dll="C:\Tools\other.dll" />""");

        Assert.Equal([LibraryBitness.Unknown, LibraryBitness.Bits32], state.CompressionSchemes.Select(scheme => scheme.BitnessFor32BitWorker));
        Assert.Contains("access is denied", state.CompressionSchemes[0].Problem, StringComparison.Ordinal);
        Assert.Equal("", state.CompressionProblem);
        Assert.Equal("WsusPool", state.WsusPool?.Name);
    }

    [Fact]
    public async Task ReadAsync_DamagedSection_SaysSoAndTheRestIsRead()
    {
        var state = await ReadAsync("""<scheme name="xpress" />""");

        Assert.Empty(state.CompressionSchemes);
        Assert.NotEqual("", state.CompressionProblem);
        Assert.Equal("WsusPool", state.WsusPool?.Name);
        Assert.Equal("compression schemes", Assert.Single(_access.Refusals.All).Call);
    }

    [Fact]
    public async Task ReadAsync_MoreSchemesThanAnyServerHas_StopsAndSaysSo()
    {
        var state = await ReadAsync(string.Concat(Enumerable.Range(0, 40).Select(number => $"""<scheme name="s{number}" dll="C:\s{number}.dll" />""")));

        Assert.Equal(32, state.CompressionSchemes.Count);
        Assert.NotEqual("", state.CompressionProblem);
    }

    [Fact]
    public async Task ReadAsync_NoSchemes_IsNothingToWorryAbout()
    {
        var state = await ReadAsync("");

        Assert.Empty(state.CompressionSchemes);
        Assert.Equal("", state.CompressionProblem);
    }

    [Fact]
    public async Task ReadAsync_LibrariesAsBefore_AreNotReadAgain()
    {
        const string schemes = $"""<scheme name="xpress" dll="{Suscomp}" /><scheme name="gzip" dll="%windir%\System32\inetsrv\gzip.dll" />""";
        _edges.Files[Suscomp] = LibraryBytes.Of(LibraryBytes.X64);
        _edges.Files[@"C:\Windows\System32\inetsrv\gzip.dll"] = LibraryBytes.Of(LibraryBytes.X64);
        _edges.Files[@"C:\Windows\SysWOW64\inetsrv\gzip.dll"] = LibraryBytes.Of(LibraryBytes.X86);

        var first = await ReadAsync(schemes);
        var second = await ReadAsync(schemes);

        Assert.Equal(3, _edges.FilesRead.Count);
        Assert.Equal(first.CompressionSchemes, second.CompressionSchemes);
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(1, 0)]
    public async Task ReadAsync_LibraryReplaced_IsReadAgain(int daysLater, int bytesMore)
    {
        const string schemes = $"""<scheme name="xpress" dll="{Suscomp}" />""";
        _edges.Files[Suscomp] = LibraryBytes.Of(LibraryBytes.X64);
        await ReadAsync(schemes);

        _edges.Files[Suscomp] = LibraryBytes.Of(LibraryBytes.X86, 0xF8 + bytesMore);
        _edges.FilesWrittenAt = DateTimeOffset.UnixEpoch.AddDays(daysLater);

        Assert.Equal(LibraryBitness.Bits32, Assert.Single((await ReadAsync(schemes)).CompressionSchemes).Bitness);
        Assert.Equal(2, _edges.FilesRead.Count);
    }

    [Fact]
    public async Task ReadAsync_LibraryThatMayNotBeRead_IsTriedAgain()
    {
        const string schemes = $"""<scheme name="xpress" dll="{Suscomp}" />""";
        _edges.Files[Suscomp] = null;

        await ReadAsync(schemes);
        await ReadAsync(schemes);

        Assert.Equal([Suscomp, Suscomp], _edges.FilesRead);
    }

    [Fact]
    public async Task ReadAsync_LibraryDeleted_IsMissingAtOnce()
    {
        const string schemes = $"""<scheme name="xpress" dll="{Suscomp}" />""";
        _edges.Files[Suscomp] = LibraryBytes.Of(LibraryBytes.X64);
        await ReadAsync(schemes);

        _edges.Files.Clear();

        Assert.Equal(LibraryBitness.Missing, Assert.Single((await ReadAsync(schemes)).CompressionSchemes).Bitness);
    }

    private async Task<IisState> ReadAsync(string schemes)
    {
        File.WriteAllText(_folder.File("applicationHost.config"), $"""
            <configuration>
              <system.applicationHost>
                <applicationPools><add name="WsusPool" /></applicationPools>
                <sites><site name="WSUS Administration" id="2"><application path="/ClientWebService" applicationPool="WsusPool" /></site></sites>
              </system.applicationHost>
              <system.webServer><httpCompression directory="%SystemDrive%\inetpub\temp">{schemes}</httpCompression></system.webServer>
            </configuration>
            """);
        return (await _reader.ReadAsync(TestContext.Current.CancellationToken))!;
    }
}
