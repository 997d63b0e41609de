using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.SignIn;

namespace WsusDashboard.Dashboard.Features.SignIn;

/// <summary>
/// Name and password, a passkey, or another system. Whatever is wrong, the answer is the same and takes the same time: it tells nobody which names exist,
/// which are locked and which are disabled. The audit says more.
/// </summary>
[SuppressMessage("Design", "CA1056:URI-like properties should not be strings", Justification = "Text from the address, checked before it is used.")]
public sealed partial class SignInPage
{
    private const string Refused = "Wrong name or password, or this account can't sign in right now. After five wrong passwords, an account is locked for ten minutes.";

    private string? _error;
    private IReadOnlyList<(string Scheme, string Name)> _providers = [];

    [SupplyParameterFromQuery]
    public string? ReturnUrl { get; set; }

    /// <summary>Why the person is here: link, signed-out, or a problem of another system.</summary>
    [SupplyParameterFromQuery]
    public string? Notice { get; set; }

    [SupplyParameterFromForm(FormName = "sign-in")]
    public SignInInput? Input { get; set; }

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = null!;

    [Inject]
    private IServiceProvider Services { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private DashboardOptions Options => Services.GetRequiredService<DashboardOptions>();

    private bool IsSignedOutHere => _error is null && Notice == "signed-out" && _providers.Any(provider => provider.Scheme == ExternalSignIn.OidcScheme);

    private string ReturnTo => LocalAddress.OrHome(ReturnUrl);

    private bool IsDatabaseOpen => Services.GetRequiredService<DatabaseInitializer>().IsOpen;

    private string NoticeText => Notice switch
    {
        "link" => "This link has been used, has expired, or works only on the computer that runs WsusDashboard.",
        _ => ExternalProblems.Describe(Notice, Options.Oidc.Name) ?? "Sign in to continue.",
    };

    protected override async Task OnInitializedAsync() =>
        _providers = await ExternalSignIn.OfferedAsync(Services.GetRequiredService<IAuthenticationSchemeProvider>(), Options);

    private async Task SubmitAsync()
    {
        var name = Input?.Name?.Trim() ?? "";
        var password = Input?.Password ?? "";
        if (name.Length is 0 or > 256 || password.Length is 0 or > PasswordRules.MaximumLength)
        {
            _error = Refused;
            return;
        }

        var people = Services.GetRequiredService<UserManager<Person>>();
        var signIn = Services.GetRequiredService<SignInManager<Person>>();
        var person = await people.FindByNameAsync(name);
        if (person is null || await people.IsLockedOutAsync(person) || person.IsDisabled)
        {
            // As long as a wrong password takes.
            people.PasswordHasher.VerifyHashedPassword(new Person(), DecoyPassword.Hash, password);
            await RefuseAsync(name, person is null ? "there is no such name" : person.IsDisabled ? "the account is disabled" : "the account is locked");
            return;
        }

        var result = await signIn.PasswordSignInAsync(person, password, isPersistent: true, lockoutOnFailure: true);
        if (result.RequiresTwoFactor)
        {
            Navigation.NavigateTo(Links.With(Links.SignInCode, ("returnUrl", ReturnTo)));
        }
        else if (result.Succeeded)
        {
            Navigation.NavigateTo(ReturnTo);
        }
        else
        {
            await RefuseAsync(name, result.IsLockedOut ? "the account is locked after too many wrong passwords" : "the password is wrong");
        }
    }

    private async Task RefuseAsync(string name, string why)
    {
        _error = Refused;
        await Services.GetRequiredService<SignInRecords>().RefuseAsync(name, why, HttpContext);
    }
}

/// <summary>What the form sends.</summary>
public sealed class SignInInput
{
    public string? Name { get; set; }

    public string? Password { get; set; }

    /// <summary>Of the authenticator app, or a recovery code.</summary>
    public string? Code { get; set; }

    /// <summary>The password again, where one is chosen.</summary>
    public string? Repeat { get; set; }

    /// <summary>The code of the one-time link.</summary>
    public string? Link { get; set; }
}
