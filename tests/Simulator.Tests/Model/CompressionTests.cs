using System.Text;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;
using WsusDashboard.Simulator.Wire;

namespace WsusDashboard.Simulator.Tests.Model;

/// <summary>A 32-bit worker and a compression scheme whose library is 64-bit.</summary>
public sealed class CompressionTests
{
    [Fact]
    public void CompressionLibrary_32BitPool_AnswersNothingUntilItIs64Bit()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.CompressionLibrary));
        var soap = new WsusSoapHandler(bench.Model);
        bench.Run(TimeSpan.FromSeconds(5));

        var refused = soap.Answer("", Stream.Null);
        bench.Model.StartConfigMgrSync();
        bench.Run(TimeSpan.FromSeconds(5));

        Assert.Equal(500, refused?.StatusCode);
        Assert.Contains("0x8007007e", Encoding.UTF8.GetString(refused!.Body), StringComparison.Ordinal);
        Assert.Equal(PoolState.Started, bench.Model.WsusPoolState);
        Assert.NotNull(bench.Model.WorkerProcessId);
        Assert.False(bench.Model.StartSync());
        Assert.Contains("HTTP status 500", bench.Log[^2000..], StringComparison.Ordinal);

        bench.ReplaceInConfig("enable32BitAppOnWin64=\"true\"", "enable32BitAppOnWin64=\"false\"");
        bench.Run(TimeSpan.FromSeconds(3));

        Assert.Equal(WebAnswer.Served, bench.Model.Answer);
    }

    [Fact]
    public void CompressionLibrary_SchemeThatIsKeptOutOf32BitWorkers_DoesNoHarm()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.CompressionLibrary));
        bench.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(WebAnswer.Broken, bench.Model.Answer);

        bench.ReplaceInConfig("dynamicCompressionLevel=\"0\" />", "dynamicCompressionLevel=\"0\" preCondition=\"bitness64\" />");
        bench.Run(TimeSpan.FromSeconds(3));

        Assert.Equal(WebAnswer.Served, bench.Model.Answer);
    }

    [Fact]
    public void GuideSettings_OnAServerWhoseSchemeIsNotGuarded_TakeItDown()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.DriftedButWorking));
        bench.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(WebAnswer.Served, bench.Model.Answer);

        bench.ApplyGuideSettings();
        bench.Run(TimeSpan.FromSeconds(3));

        Assert.Equal(WebAnswer.Broken, bench.Model.Answer);
    }
}
