namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>The passes as plain loops.</summary>
internal static unsafe class SimpleConvolution
{
    public static void Forward(Tensor x, Tensor weight, Tensor bias, ConvolutionGeometry g, int images, bool relu, Tensor y, bool accumulate = false)
    {
        ConvolutionWindow w = g.Window;
        float* px = x.Pointer, pw = weight.Pointer, py = y.Pointer;
        float* pb = bias.IsEmpty ? null : bias.Pointer;
        for (int b = 0; b < images; b++)
        {
            for (int o = 0; o < g.OutputChannels; o++)
            {
                int group = o / g.GroupOutputChannels;
                for (int oy = 0; oy < g.OutputHeight; oy++)
                {
                    for (int ox = 0; ox < g.OutputWidth; ox++)
                    {
                        double sum = pb is null ? 0 : pb[o];
                        for (int c = 0; c < g.GroupInputChannels; c++)
                        {
                            for (int ky = 0; ky < g.KernelHeight; ky++)
                            {
                                int iy = (oy * w.StrideHeight) + (ky * w.DilationHeight) - w.PaddingTop;
                                if ((uint)iy >= (uint)g.InputHeight)
                                {
                                    continue;
                                }

                                for (int kx = 0; kx < g.KernelWidth; kx++)
                                {
                                    int ix = (ox * w.StrideWidth) + (kx * w.DilationWidth) - w.PaddingLeft;
                                    if ((uint)ix < (uint)g.InputWidth)
                                    {
                                        sum += (double)px[((((((long)b * g.InputChannels) + (group * g.GroupInputChannels) + c) * g.InputHeight) + iy) * g.InputWidth) + ix]
                                            * pw[((((((long)o * g.GroupInputChannels) + c) * g.KernelHeight) + ky) * g.KernelWidth) + kx];
                                    }
                                }
                            }
                        }

                        ref float target = ref py[((((((long)b * g.OutputChannels) + o) * g.OutputHeight) + oy) * g.OutputWidth) + ox];
                        float value = (float)sum;
                        target = (accumulate ? target : 0f) + (relu && value < 0f ? 0f : value);
                    }
                }
            }
        }
    }

    public static void Adjoint(Tensor y, Tensor weight, Tensor bias, ConvolutionGeometry g, int images, bool relu, bool accumulate, Tensor x)
    {
        ConvolutionWindow w = g.Window;
        float* px = x.Pointer, pw = weight.Pointer, py = y.Pointer;
        float* pb = bias.IsEmpty ? null : bias.Pointer;
        for (int b = 0; b < images; b++)
        {
            for (int i = 0; i < g.InputChannels; i++)
            {
                int group = i / g.GroupInputChannels, c = i % g.GroupInputChannels;
                for (int iy = 0; iy < g.InputHeight; iy++)
                {
                    for (int ix = 0; ix < g.InputWidth; ix++)
                    {
                        double sum = pb is null ? 0 : pb[i];
                        for (int ky = 0; ky < g.KernelHeight; ky++)
                        {
                            int ty = iy + w.PaddingTop - (ky * w.DilationHeight);
                            if (ty < 0 || ty % w.StrideHeight != 0 || ty / w.StrideHeight >= g.OutputHeight)
                            {
                                continue;
                            }

                            for (int kx = 0; kx < g.KernelWidth; kx++)
                            {
                                int tx = ix + w.PaddingLeft - (kx * w.DilationWidth);
                                if (tx < 0 || tx % w.StrideWidth != 0 || tx / w.StrideWidth >= g.OutputWidth)
                                {
                                    continue;
                                }

                                for (int oo = 0; oo < g.GroupOutputChannels; oo++)
                                {
                                    int o = (group * g.GroupOutputChannels) + oo;
                                    sum += (double)py[((((((long)b * g.OutputChannels) + o) * g.OutputHeight) + (ty / w.StrideHeight)) * g.OutputWidth) + (tx / w.StrideWidth)]
                                        * pw[((((((long)o * g.GroupInputChannels) + c) * g.KernelHeight) + ky) * g.KernelWidth) + kx];
                                }
                            }
                        }

                        ref float target = ref px[((((((long)b * g.InputChannels) + i) * g.InputHeight) + iy) * g.InputWidth) + ix];
                        float value = (float)sum;
                        target = (accumulate ? target : 0f) + (relu && value < 0f ? 0f : value);
                    }
                }
            }
        }
    }

    public static void GradientOfWeight(Tensor x, Tensor gradY, ConvolutionGeometry g, int images, bool accumulate, Tensor gradWeight)
    {
        ConvolutionWindow w = g.Window;
        float* px = x.Pointer, pw = gradWeight.Pointer, py = gradY.Pointer;
        for (int o = 0; o < g.OutputChannels; o++)
        {
            int group = o / g.GroupOutputChannels;
            for (int c = 0; c < g.GroupInputChannels; c++)
            {
                for (int ky = 0; ky < g.KernelHeight; ky++)
                {
                    for (int kx = 0; kx < g.KernelWidth; kx++)
                    {
                        double sum = 0;
                        for (int b = 0; b < images; b++)
                        {
                            for (int oy = 0; oy < g.OutputHeight; oy++)
                            {
                                int iy = (oy * w.StrideHeight) + (ky * w.DilationHeight) - w.PaddingTop;
                                if ((uint)iy >= (uint)g.InputHeight)
                                {
                                    continue;
                                }

                                for (int ox = 0; ox < g.OutputWidth; ox++)
                                {
                                    int ix = (ox * w.StrideWidth) + (kx * w.DilationWidth) - w.PaddingLeft;
                                    if ((uint)ix < (uint)g.InputWidth)
                                    {
                                        sum += (double)px[((((((long)b * g.InputChannels) + (group * g.GroupInputChannels) + c) * g.InputHeight) + iy) * g.InputWidth) + ix]
                                            * py[((((((long)b * g.OutputChannels) + o) * g.OutputHeight) + oy) * g.OutputWidth) + ox];
                                    }
                                }
                            }
                        }

                        ref float target = ref pw[((((((long)o * g.GroupInputChannels) + c) * g.KernelHeight) + ky) * g.KernelWidth) + kx];
                        target = (float)(accumulate ? target + sum : sum);
                    }
                }
            }
        }
    }
}
