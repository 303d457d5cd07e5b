"""What WeChat's and WeCom's platforms share: the envelope, XML, the hook they post to, the client that asks them."""
