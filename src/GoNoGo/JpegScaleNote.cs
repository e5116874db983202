namespace GoNoGo;

/// <summary>What is said of pictures that are decoded smaller: never silently.</summary>
internal static class JpegScaleNote
{
    public static string Of(int scale, int jpeg, int other) => jpeg == 0
        ? FormattableString.Invariant($"jpeg-scale={scale}: none of the training pictures is a JPEG file, all are decoded whole; JPEG pictures that the model judges later will be decoded {scale} times smaller.")
        : FormattableString.Invariant($"jpeg-scale={scale}: {jpeg} training picture(s) are JPEG files and decoded {scale} times smaller, as is every JPEG picture that the model judges{(other > 0 ? FormattableString.Invariant($"; {other} of other formats are decoded whole") : "")}.");
}
