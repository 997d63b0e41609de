using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Simulator.Configuration;
using WsusDashboard.Simulator.History;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests;

/// <summary>One simulated server in a folder of its own, on a clock that the test moves.</summary>
internal sealed class ModelBench : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private readonly TempFolder _folder = new();

    public ModelBench(ServerProfile profile, double speed = 1)
    {
        Files = new(_folder.Path);
        ApplicationHostTemplate.WriteIfAbsent(Files.ApplicationHostConfig, profile, Files.SiteLogDirectory);
        Model = new(profile, Files, speed, Clock);
        Model.Restore(HistoryGenerator.Generate(profile, Files, Clock.GetUtcNow()));
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 2, 9, 30, 0, TimeSpan.Zero));

    public ServerFiles Files { get; }

    public ServerModel Model { get; }

    public static ServerProfile Profile(Scenario scenario, int seed = 1) => ScenarioCatalog.Create(40, seed).First(profile => profile.Scenario == scenario);

    /// <summary>Moves the clock in the steps of the estate's timer.</summary>
    public void Run(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Tick)
        {
            Clock.Advance(Tick);
            Model.Step();
        }
    }

    /// <summary>Moves the clock until the condition holds; false where it does not within the limit.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        for (var passed = TimeSpan.Zero; passed < limit && !condition(); passed += Tick)
        {
            Clock.Advance(Tick);
            Model.Step();
        }

        return condition();
    }

    /// <summary>Sets what the guide sets, in the file, as a person with an editor would.</summary>
    public void ApplyGuideSettings()
    {
        var text = File.ReadAllText(Files.ApplicationHostConfig);
        var start = text.IndexOf("<add name=\"WsusPool\"", StringComparison.Ordinal);
        var end = text.IndexOf("</add>", start, StringComparison.Ordinal) + "</add>".Length;
        File.WriteAllText(
            Files.ApplicationHostConfig,
            text[..start]
            + """<add name="WsusPool" queueLength="30000" enable32BitAppOnWin64="true" managedRuntimeVersion="v4.0"><processModel identityType="NetworkService" loadUserProfile="true" idleTimeout="00:00:00" /></add>"""
            + text[end..]);
        Run(Tick);
    }

    /// <summary>Changes a piece of applicationHost.config, which must be there.</summary>
    public void ReplaceInConfig(string before, string after)
    {
        var text = File.ReadAllText(Files.ApplicationHostConfig);
        Assert.Contains(before, text, StringComparison.Ordinal);
        File.WriteAllText(Files.ApplicationHostConfig, text.Replace(before, after, StringComparison.Ordinal));
    }

    public short LastEnd => Model.ReadHistory().Last(row => !row.IsStart).EventId;

    public int CountEvents(int eventId, DateTimeOffset since) => Model.Remember().Events.Count(entry => entry.EventId == eventId && entry.At >= since);

    public string Log => File.ReadAllText(Path.Combine(Files.LogDirectory, "wsyncmgr.log"));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Model.Profile.Name} in {_folder.Path}");

    public void Dispose() => _folder.Dispose();
}
