using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using QRCoder;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.People;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Account;

/// <summary>Password, passkeys, authenticator app, browsers and tokens of who is signed in.</summary>
public sealed partial class AccountPage
{
    private string? _current = "";
    private string? _next = "";
    private string? _repeat = "";
    private string? _passkeyName = "";
    private string? _authenticator;
    private string? _code = "";
    private IReadOnlyList<string> _codes = [];
    private string? _tokenName = "";
    private Role _tokenRole = Role.Viewer;
    private string _tokenSites = "";
    private int _tokenDays = 90;
    private string? _token;
    private string? _passwordSaid;
    private IReadOnlyList<FieldError> _errors = [];

    [Inject]
    private AccountService Account { get; set; } = null!;

    [Inject]
    private Confirmation Confirmation { get; set; } = null!;

    [Inject]
    private IJSRuntime Runtime { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    protected override Task<AccountView?> LoadAsync(CancellationToken cancellationToken) => Account.GetAsync(cancellationToken);

    private static string KeyOf(string address) => System.Web.HttpUtility.ParseQueryString(new Uri(address).Query)["secret"] ?? "";

    private static MarkupString QrCode(string address)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(address, QRCodeGenerator.ECCLevel.M);
        return new(new SvgQRCode(data).GetGraphic(4));
    }

    /// <summary>What proves who this is: "a password and 2 passkeys".</summary>
    private static string Ways(AccountView view)
    {
        List<string> ways = [];
        if (view.IsExternal)
        {
            ways.Add("your organization's account");
        }

        if (view.HasPassword)
        {
            ways.Add(view.HasAuthenticator ? "a password and a code" : "a password");
        }

        if (view.Passkeys.Count > 0)
        {
            ways.Add(Wording.Count(view.Passkeys.Count, "passkey"));
        }

        return ways.Count == 0 ? "one-time links only" : string.Join(" or ", ways);
    }

    private string? ErrorOf(string field) => _errors.FirstOrDefault(error => error.Field == field)?.Message;

    private RenderFragment Error(string field) => builder =>
    {
        if (_errors.FirstOrDefault(error => error.Field == field) is { } error)
        {
            builder.OpenElement(0, "span");
            builder.AddAttribute(1, "class", "field-error");
            builder.AddAttribute(2, "role", "alert");
            builder.AddContent(3, error.Message);
            builder.CloseElement();
        }
    };

    /// <summary>Errors of fields stay with their fields; any other failure stands at the part that was used.</summary>
    private async Task<bool> TakeAsync(Failure? failure, string part)
    {
        _errors = failure switch
        {
            null => [],
            Invalid invalid when part != "token" => invalid.Errors,
            _ => [new(part, failure.Message)],
        };
        if (failure is null)
        {
            await RefreshAsync();
        }

        return failure is null;
    }

    private async Task ChangePasswordAsync()
    {
        var hadPassword = View?.HasPassword == true;
        _passwordSaid = null;
        if (await TakeAsync((await Account.ChangePasswordAsync(_current ?? "", _next ?? "", _repeat ?? "", CancellationToken.None)).Failure, "next"))
        {
            (_current, _next, _repeat) = ("", "", "");
            _passwordSaid = hadPassword ? "Your password is changed. Use the new one the next time you sign in." : "Your password is set. You can sign in with your name and this password now.";
        }
    }

    private async Task AddPasskeyAsync()
    {
        try
        {
            await using var module = await Runtime.InvokeAsync<IJSObjectReference>("import", "./passkeys.js");
            var problem = await module.InvokeAsync<string?>("add", _passkeyName ?? "");
            _errors = problem is null ? [] : [new("passkey", problem)];
            _passkeyName = problem is null ? "" : _passkeyName;
            await RefreshAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page has gone meanwhile.
        }
    }

    private async Task RemovePasskeyAsync(PasskeyRow passkey)
    {
        if (await Confirmation.AskAsync(new() { Title = $"Remove {passkey.Name}?", Consequence = "You won't be able to sign in with it. Delete it on your device too.", Verb = $"Remove {passkey.Name}", IsDangerous = true }) is not null)
        {
            await TakeAsync((await Account.RemovePasskeyAsync(passkey.Id, CancellationToken.None)).Failure, "passkey");
        }
    }

    private async Task BeginAuthenticatorAsync()
    {
        var begun = await Account.BeginAuthenticatorAsync(CancellationToken.None);
        _authenticator = begun.Value;
        await TakeAsync(begun.Failure, "code");
    }

    private async Task EnableAuthenticatorAsync()
    {
        var enabled = await Account.EnableAuthenticatorAsync(_code ?? "", CancellationToken.None);
        if (await TakeAsync(enabled.Failure, "code"))
        {
            (_codes, _authenticator, _code) = (enabled.Value!, null, "");
        }
    }

    private async Task RemoveAuthenticatorAsync()
    {
        if (await Confirmation.AskAsync(new() { Title = "Remove the authenticator app?", Consequence = "You'll sign in with your password alone.", Verb = "Remove app", IsDangerous = true }) is not null)
        {
            await TakeAsync((await Account.RemoveAuthenticatorAsync(CancellationToken.None)).Failure, "code");
        }
    }

    private async Task EndSessionAsync(SessionRow session) => await TakeAsync((await Account.EndSessionAsync(session.Id, CancellationToken.None)).Failure, "session");

    private async Task MakeTokenAsync()
    {
        var made = await Account.MakeTokenAsync(_tokenName ?? "", GrantLabels.Read(_tokenRole, _tokenSites)[0], _tokenDays, CancellationToken.None);
        if (await TakeAsync(made.Failure, "token"))
        {
            (_token, _tokenName) = (made.Value, "");
        }
    }

    private async Task RevokeAsync(TokenRow token)
    {
        if (await Confirmation.AskAsync(new() { Title = $"Revoke {token.Name}?", Consequence = "Scripts that use it stop working immediately.", Verb = $"Revoke {token.Name}", IsDangerous = true }) is not null)
        {
            await TakeAsync((await Account.RevokeTokenAsync(token.Id, CancellationToken.None)).Failure, "token");
        }
    }
}
