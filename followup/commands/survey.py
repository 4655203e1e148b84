"""What stands in the survey and its wordings, checked before anybody is asked."""

import typer

from followup.commands.session import AsJson, print_json, tell


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(no_args_is_help=True, help="The survey and its wordings.")
    group.command("lint")(lint)
    app.add_typer(group, name="survey")


def lint(as_json: AsJson = False) -> None:
    """Check every shipped survey in every language; exit 1 if anything is to be mended."""
    from bot.language_lint import lint_against
    from bot.survey_file import languages, load_survey, load_words, surveys
    from bot.survey_lint import lint as look

    english = load_words()
    problems = [
        {"survey": name, "language": language, "where": str(problem.where), "what": problem.what}
        for name in surveys()
        for language in languages()
        for problem in (
            *look(load_survey(name), load_words(language)),
            *(lint_against(load_words(language), english) if language != "en" else ()),
        )
    ]
    if as_json:
        print_json({"problems": problems})
    else:
        for each in problems:
            typer.echo(f"{each['survey']} ({each['language']}): {each['where']}: {each['what']}")
        found = f"{len(problems)} to mend" if problems else "nothing to mend"
        tell(f"{len(surveys())} survey(s) in {', '.join(languages())}: {found}.")
    if problems:
        raise typer.Exit(1)
