using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Account;

/// <summary>What a browser needs to make and to use a passkey. Called by the pages' own script alone; the state in between lies in a protected cookie.</summary>
internal static class PasskeyEndpoints
{
    private const int MaximumPasskeys = 20;

    public static void MapPasskeys(this IEndpointRouteBuilder api)
    {
        var open = api.MapGroup("/sign-in/passkey").RequireRateLimiting(RateLimits.SignIn).WithTags("Passkeys");
        open.MapPost("/options", AskForSignInAsync).AllowAnonymous().WithSummary("Returns the challenge for signing in with a passkey. Used by the dashboard's own pages, like all passkey requests.");
        open.MapPost("/", SignInAsync).AllowAnonymous().WithSummary("Signs in with a passkey.");
        var own = api.MapGroup("/account").RequireRateLimiting(RateLimits.SignIn).WithTags("Passkeys");
        own.MapPost("/passkeys/options", AskForNewAsync).Needs(Permission.OwnAccount).WithSummary("Returns the challenge for creating a passkey.");
        own.MapPost("/passkeys", AddAsync).Needs(Permission.OwnAccount).WithSummary("Adds a passkey to your account.");
        own.MapPost("/confirmation/options", AskForConfirmationAsync).Needs(Permission.OwnAccount).WithSummary("Returns the challenge for confirming it's you with a passkey.");
        own.MapPost("/confirmation", ConfirmAsync).Needs(Permission.OwnAccount).WithSummary("Confirms it's you with a passkey.");
    }

    // For any passkey of this site: nobody is told whether a name exists.
    private static async Task<ContentHttpResult> AskForSignInAsync(SignInManager<Person> signIn, PasskeyChallenges challenges) =>
        Ask(challenges, PasskeyPurpose.SignIn, "", await signIn.MakePasskeyRequestOptionsAsync(null));

    private static async Task<Results<NoContent, ProblemHttpResult>> SignInAsync(PasskeyJson body, HttpContext context, SignInManager<Person> signIn, SignInRecords records, PasskeyChallenges challenges)
    {
        var result = challenges.TryUse(PasskeyPurpose.SignIn, "", body.Credential ?? "") ? await AttemptAsync(() => signIn.PasskeySignInAsync(body.Credential ?? "")) : null;
        if (result?.Succeeded == true)
        {
            return TypedResults.NoContent();
        }

        await records.RefuseAsync("(passkey)", "unknown passkey, or its account can't sign in now", context);
        return new Forbidden("WsusDashboard doesn't know this passkey, or its account can't sign in right now.").ToProblem();
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> AskForNewAsync(Caller caller, UserManager<Person> people, SignInManager<Person> signIn, PasskeyChallenges challenges)
    {
        if (await people.FindByIdAsync(caller.Identity.PersonId) is not { } person)
        {
            return new Kernel.NotFound("This account no longer exists.").ToProblem();
        }

        var options = await signIn.MakePasskeyCreationOptionsAsync(new() { Id = person.Id, Name = person.UserName ?? person.Id, DisplayName = person.DisplayName });
        return Ask(challenges, PasskeyPurpose.Creation, caller.Identity.CredentialId, options);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> AddAsync(PasskeyJson body, Caller caller, UserManager<Person> people, SignInManager<Person> signIn, AuditTrail audit, PasskeyChallenges challenges)
    {
        if (await people.FindByIdAsync(caller.Identity.PersonId) is not { } person)
        {
            return new Kernel.NotFound("This account no longer exists.").ToProblem();
        }

        if ((await people.GetPasskeysAsync(person)).Count >= MaximumPasskeys)
        {
            return new Kernel.Conflict($"You already have {MaximumPasskeys} passkeys, which is the maximum. Remove one first.").ToProblem();
        }

        var attested = challenges.TryUse(PasskeyPurpose.Creation, caller.Identity.CredentialId, body.Credential ?? "") ? await AttemptAsync(() => signIn.PerformPasskeyAttestationAsync(body.Credential ?? "")) : null;
        if (attested is not { Succeeded: true, Passkey: { } passkey } || attested.UserEntity.Id != person.Id)
        {
            return Invalid.Of("credential", "The passkey couldn't be verified. Start again.").ToProblem();
        }

        passkey.Name = string.IsNullOrWhiteSpace(body.Name) ? "Passkey" : body.Name.Trim();
        await people.AddOrUpdatePasskeyAsync(person, passkey);
        await audit.WriteAsync(new() { What = "account.passkey", Detail = caller.Name, After = $"added {passkey.Name}", Outcome = "done" });
        return TypedResults.NoContent();
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> AskForConfirmationAsync(Caller caller, UserManager<Person> people, SignInManager<Person> signIn, PasskeyChallenges challenges) =>
        await people.FindByIdAsync(caller.Identity.PersonId) is { } person
            ? Ask(challenges, PasskeyPurpose.Confirmation, caller.Identity.CredentialId, await signIn.MakePasskeyRequestOptionsAsync(person))
            : new Kernel.NotFound("This account no longer exists.").ToProblem();

    private static async Task<Results<NoContent, ProblemHttpResult>> ConfirmAsync(PasskeyJson body, Caller caller, SignInManager<Person> signIn, Confirmations confirmations, PasskeyChallenges challenges, AuditTrail audit)
    {
        var asserted = challenges.TryUse(PasskeyPurpose.Confirmation, caller.Identity.CredentialId, body.Credential ?? "") ? await AttemptAsync(() => signIn.PerformPasskeyAssertionAsync(body.Credential ?? "")) : null;
        if (asserted is not { Succeeded: true, User: { } person } || person.Id != caller.Identity.PersonId)
        {
            await audit.WriteAsync(new() { What = "person.confirm", Detail = caller.Name, Outcome = "refused: the passkey is another account's, or its answer couldn't be verified" });
            return new Forbidden("This passkey doesn't belong to your account.").ToProblem();
        }

        confirmations.Note(caller.Identity.CredentialId);
        return TypedResults.NoContent();
    }

    private static ContentHttpResult Ask(PasskeyChallenges challenges, PasskeyPurpose purpose, string session, string options)
    {
        challenges.Note(purpose, session, options);
        return TypedResults.Content(options, "application/json", Encoding.UTF8);
    }

    /// <summary>Null where there is no state of a question before, or the credential is no JSON of one: bad input, not a mistake of the dashboard.</summary>
    private static async Task<T?> AttemptAsync<T>(Func<Task<T>> attempt)
        where T : class
    {
        try
        {
            return await attempt();
        }
        catch (Exception exception) when (exception is InvalidOperationException or PasskeyException or System.Text.Json.JsonException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>What the browser's key answered.</summary>
public sealed record PasskeyJson
{
    /// <summary>The credential as JSON.</summary>
    [Needed, AtMost(16_000)]
    public string? Credential { get; init; }

    /// <summary>Of a new passkey.</summary>
    [AtMost(AccountService.MaximumTokenNameLength)]
    public string? Name { get; init; }
}
