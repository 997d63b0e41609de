using System.CommandLine;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>Options that say which repair is meant.</summary>
internal sealed class RepairOptions
{
    private readonly Option<string?> _playbook = CreatePlaybook();
    private readonly Option<string> _baseline = CreateBaseline();
    private readonly Option<bool> _includeRisky = new("--include-risky") { Description = "Also set baseline values that aren't safe on this server; the plan says what may happen." };

    public static Option<string> CreateBaseline()
    {
        var option = new Option<string>("--baseline") { Description = "Whose recommended settings to use.", DefaultValueFactory = _ => BaselineCatalog.GuideId };
        option.AcceptOnlyFromAmong([.. BaselineCatalog.All.Select(baseline => baseline.Id)]);
        return option;
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_playbook);
        command.Options.Add(_baseline);
        command.Options.Add(_includeRisky);
    }

    public RepairChoice Read(ParseResult parsed) => new(parsed.GetValue(_playbook), parsed.GetValue(_baseline)!, parsed.GetValue(_includeRisky));

    private static Option<string?> CreatePlaybook()
    {
        var option = new Option<string?>("--playbook") { Description = "Which repair to use. Default: the one that fixes what's wrong." };
        option.AcceptOnlyFromAmong([.. PlaybookCatalog.All.Select(playbook => playbook.Id)]);
        return option;
    }
}
