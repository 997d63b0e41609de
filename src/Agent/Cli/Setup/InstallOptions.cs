using System.CommandLine;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Installation;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Agent.Settings;
using WsusDashboard.Agent.Windows.Setup;

namespace WsusDashboard.Agent.Cli.Setup;

/// <summary>The options of "install".</summary>
internal sealed class InstallOptions
{
    private readonly Option<string?> _account = new("--account")
    {
        HelpName = @"DOMAIN\name$",
        Description = "The service's account: LocalSystem, a gMSA (its name ends with $), or an ordinary account with --account-password-file. It must be an administrator of this server. Without it, a service that's already installed keeps its account, and a new one runs as LocalSystem.",
    };

    private readonly Option<string?> _passwordFile = new("--account-password-file") { HelpName = "FILE", Description = "A file whose first line is the password of an ordinary account. Not needed for LocalSystem or a gMSA." };
    private readonly Option<string?> _hub = new("--hub") { HelpName = "URL", Description = "The dashboard this server enrols with when the agent first starts, for example https://wsusdashboard.corp.example." };
    private readonly Option<string?> _token = new("--enrolment-token") { HelpName = "TOKEN", Description = "The enrolment token from the dashboard; use it with --hub." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_account, _passwordFile, _hub, _token])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What is asked for; every mistake is named.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="program">Full path of this program.</param>
    /// <exception cref="CliFailure">The options contradict one another, or a file cannot be read.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The settings are wrong.</exception>
    public (InstallationRequest Request, string? Password) Read(ParseResult parsed, string program)
    {
        var (hub, token) = (parsed.GetValue(_hub), parsed.GetValue(_token));
        if (hub is null != token is null)
        {
            throw new CliFailure("Use --hub and --enrolment-token together: the token tells the dashboard to expect this server. Nothing was changed.");
        }

        if (hub is not null && !(Uri.TryCreate(hub, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))))
        {
            throw new CliFailure($"--hub is \"{hub}\"; expected an address that starts with https://, because the token is a secret. Nothing was changed.");
        }

        var (account, passwordFile) = (parsed.GetValue(_account), parsed.GetValue(_passwordFile));
        var settings = SettingArguments.Read(parsed.UnmatchedTokens);
        var request = new InstallationRequest
        {
            Program = program,
            Options = AgentSettings.Read([], settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)),
            Settings = settings,
            Account = account,
            Enrolment = hub is null ? null : new EnrolmentFile(hub, token!),
        };
        return (request, ReadPassword(account, passwordFile));
    }

    private static string? ReadPassword(string? account, string? file)
    {
        if (account is null)
        {
            return file is null ? null : throw new CliFailure("--account-password-file is the password of an account; add --account. Nothing was changed.");
        }

        var needsPassword = account != ServiceDefinition.LocalSystem && !account.EndsWith('$');
        if (needsPassword != file is not null)
        {
            throw new CliFailure(needsPassword
                ? $"--account {account} is an ordinary account and needs a password: put it in the first line of a file and add --account-password-file FILE. A gMSA (its name ends with $) needs none. Nothing was changed."
                : $"--account {account} doesn't need a password; leave out --account-password-file. Nothing was changed.");
        }

        if (needsPassword && !account.Contains('\\', StringComparison.Ordinal))
        {
            throw new CliFailure($@"--account is ""{account}""; expected DOMAIN\name or .\name. Nothing was changed.");
        }

        try
        {
            return file is null ? null : File.ReadLines(file).FirstOrDefault("");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"--account-password-file {file} can't be read: {exception.Message} Nothing was changed.", exception);
        }
    }
}
